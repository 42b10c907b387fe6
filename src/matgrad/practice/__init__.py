"""Practice: problems drawn by topic and difficulty, answers checked, hints from the derivation."""

from __future__ import annotations

from matgrad.practice.exercise import Exercise as Exercise
from matgrad.practice.generate import practice as practice
from matgrad.practice.session import Reply as Reply, Session as Session
from matgrad.practice.topic import TOPICS as TOPICS, Problem as Problem, Topic as Topic
