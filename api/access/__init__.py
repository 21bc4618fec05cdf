"""Who may come in, and with how much: keys and scopes, hosts and origins, and the gate that asks for all of it."""
