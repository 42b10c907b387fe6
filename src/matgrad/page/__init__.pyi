from matgrad.page.answering import answer as answer, answer_text as answer_text
