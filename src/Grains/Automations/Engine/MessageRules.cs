using System.Security.Cryptography;
using System.Text;
using Connect.Accounts;
using Connect.Automations;
using Connect.Grains.Messaging;

namespace Connect.Grains.Automations.Engine;

/// <summary>The rules of one automation message. Pure.</summary>
public static class MessageRules
{
    private const int LongestInFull = 100;

    /// <summary>Why a message is refused before anything is begun, or null.</summary>
    public static AutomationOutcome? Refuse(ulong? number, string text, int parts)
    {
        if (string.IsNullOrWhiteSpace(text))
            return AutomationOutcome.EmptyText;
        if (parts > PartCounter.MaxParts)
            return AutomationOutcome.MessageTooLong;
        return number is null ? AutomationOutcome.InvalidNumber : null;
    }

    /// <summary>A message that is about to be debited.</summary>
    public static MessageState Begin(long ticket, ulong number, string text, int parts) => new()
    {
        Phase = MessagePhase.Debiting,
        Ticket = ticket,
        Fingerprint = Fingerprint(number, text),
        Number = number,
        Text = text,
        Parts = parts,
    };

    /// <summary>Takes the account's answer to the debit: paid, or settled without being sent. Null when the account refused for a reason that can not be.</summary>
    public static MessageState? Debited(MessageState state, PostResult answer) => answer.Outcome switch
    {
        PostOutcome.Posted or PostOutcome.AlreadyPosted => state with { Phase = MessagePhase.HandingOver, Available = answer.Available },
        PostOutcome.InsufficientCredits => Settle(state, AutomationOutcome.NotSentOutOfCredits) with { Available = answer.Available },
        PostOutcome.UnknownAccount => Settle(state, AutomationOutcome.UnknownAccount),
        _ => null,
    };

    /// <summary>Takes the gateway's answer. One that was refused is settled when its credits are back.</summary>
    public static MessageState HandedOver(MessageState state, HandOverOutcome outcome) => outcome switch
    {
        HandOverOutcome.Accepted => Settle(state, AutomationOutcome.Sent),
        HandOverOutcome.Refused => state with { Phase = MessagePhase.Reversing },
        _ => Settle(state, AutomationOutcome.Unknown),
    };

    /// <summary>After a crash: what may have been handed over is unknown.</summary>
    public static MessageState Interrupted(MessageState state) => state.Phase == MessagePhase.HandingOver ? Settle(state, AutomationOutcome.Unknown) : state;

    /// <summary>The credits of a refused message are back.</summary>
    public static MessageState Reversed(MessageState state, long available) => Settle(state, AutomationOutcome.Failed) with { Available = available };

    /// <summary>The answer of a settled message.</summary>
    public static AutomationResult Result(MessageState state) => new()
    {
        Outcome = state.Outcome,
        Credits = state.Outcome is AutomationOutcome.Sent or AutomationOutcome.Unknown ? state.Parts : 0,
        Required = state.Outcome == AutomationOutcome.NotSentOutOfCredits ? state.Parts : 0,
        Available = state.Available,
    };

    /// <summary>Digest of what is sent to whom.</summary>
    public static string Fingerprint(ulong number, string text) => Digest(MobileNumbers.Format(number) + "\n" + text);

    /// <summary>An operation id, or a flow's name, as it stands in keys: itself, or its digest when it is long or holds what keys and ledgers do not take.</summary>
    public static string Operation(string operationId) =>
        operationId.Length <= LongestInFull && operationId.All(character => char.IsAscii(character) && !char.IsControl(character) && character != '/') && !operationId.StartsWith("sha256-", StringComparison.Ordinal)
            ? operationId
            : "sha256-" + Digest(operationId);

    /// <summary>The operation id of a message's debit. The flow's own colons and percent signs are escaped, so that no two messages share one.</summary>
    public static string DebitOperation(string flow, string operation) =>
        $"automation:{Operation(flow).Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal)}:{operation}" is { Length: <= 190 } id
            ? id
            : $"automation:{Digest(flow)}:{Digest(operation)}";

    /// <summary>The operation id under which a debit is given back: told apart at its front, because callers choose how a debit's ends.</summary>
    public static string ReversalOperation(string debitOperation) => "reversal:" + debitOperation;

    private static MessageState Settle(MessageState state, AutomationOutcome outcome) => state with { Phase = MessagePhase.Settled, Outcome = outcome, Text = "", Number = 0 };

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
