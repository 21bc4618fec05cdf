"""The library: a folder of reports in a program or a notebook, and as parts for LangChain and LangGraph."""
