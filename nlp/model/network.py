"""The classifier as a torch network: a BERT, the mean over its tokens' states, a linear head.

Mean pooling as in Sentence-BERT (Reimers and Gurevych 2019, arXiv:1908.10084) and in E5. Only where torch is installed.
"""

from __future__ import annotations

import torch


class MeanPooledClassifier(torch.nn.Module):
    """input_ids, attention_mask and token_type_ids [rows, tokens] -> logits [rows, labels], float32."""

    def __init__(self, bert: torch.nn.Module, labels: int) -> None:
        """``bert``: a BertModel or its like, without a pooling layer of its own."""
        super().__init__()
        self.bert = bert
        self.classifier = torch.nn.Linear(bert.config.hidden_size, labels)

    def states(self, input_ids, attention_mask, token_type_ids):
        """What the last layer says of each token: [rows, tokens, hidden]."""
        return self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state

    def pooled(self, input_ids, attention_mask, token_type_ids):
        """The mean over each row's tokens: [rows, hidden], float32."""
        states = self.states(input_ids, attention_mask, token_type_ids).float()
        shown = attention_mask[..., None].float()
        return (states * shown).sum(1) / shown.sum(1)

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.classifier(self.pooled(input_ids, attention_mask, token_type_ids)).float()
