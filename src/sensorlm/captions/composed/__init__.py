"""Statements put together from parts: any statistic over any hours, in many wordings, so that what is learned is how
parts combine and not a list of statements.
"""
