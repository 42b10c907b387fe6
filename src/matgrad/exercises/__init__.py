"""Practice: problems drawn by topic and difficulty, answers checked, hints from the derivation."""

from __future__ import annotations

from matgrad.exercises.exercise import Exercise as Exercise
from matgrad.exercises.generate import practice as practice
from matgrad.exercises.session import Reply as Reply, Session as Session
from matgrad.exercises.topic import TOPICS as TOPICS, Topic as Topic
