from eval.reading_measures import Share, dropped_lines, furniture_lines, surviving_sentences, total

BODY = "全市上下坚持稳中求进工作总基调，完成了年初确定的各项目标任务，实现了良好开局，为今后打下了基础。"


def test_a_sentence_survives_when_its_words_stand_in_the_cleaned_text():
    source = "打印\n全市完成投资\n十二亿元以上。\n新增企业三十家以上。"
    assert surviving_sentences(source, "全市完成投资十二亿元以上。").part == 0
    assert surviving_sentences(source, source.replace("\n", "")).value == 1.0
    assert surviving_sentences(BODY + "新增企业三十家以上。", BODY) == Share(1, 2, ("新增企业三十家以上。",))


def test_lines_around_the_running_text_belong_to_the_page_unless_they_name_the_report():
    source = f"下载\n打印\n云岭市政府工作报告\n市长 王明\n{BODY}\n小标题\n{BODY}\n相关链接"
    assert furniture_lines(source) == ["下载", "打印", "相关链接"]


def test_a_page_line_counts_as_dropped_when_no_line_of_the_cleaned_text_is_it():
    source = f"下载\n{BODY}\n相关链接"
    assert dropped_lines(source, f"{BODY}\n相关链接") == Share(1, 2, ("相关链接",))


def test_the_licence_of_an_archive_belongs_to_the_page():
    assert furniture_lines(f"{BODY}\n本作品是某国的\n法律\n。") == ["本作品是某国的", "法律", "。"]


def test_a_share_of_nothing_is_whole_and_shares_add_up():
    assert Share(0, 0).value == 1.0
    assert total([Share(1, 2, ("a",)), Share(3, 4, ("b",))]) == Share(4, 6, ("a", "b"))
