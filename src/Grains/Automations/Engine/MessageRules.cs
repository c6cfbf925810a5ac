using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Messaging;
using Connect.Messaging;

namespace Connect.Grains.Automations.Engine;

/// <summary>The rules of one automation message. Pure.</summary>
public static class MessageRules
{
    /// <summary>Longest form of an operation id in keys, in characters.</summary>
    public const int LongestOperation = 100;

    // Stands before the digests of what was asked for.
    private const string AsAsked = "2:";

    /// <summary>Why a message is refused before anything is begun, or null.</summary>
    public static AutomationOutcome? Refuse(ulong? number, string text, int parts)
    {
        if (string.IsNullOrWhiteSpace(text))
            return AutomationOutcome.EmptyText;
        if (parts > PartCounter.MaxParts)
            return AutomationOutcome.MessageTooLong;
        return number is null ? AutomationOutcome.InvalidNumber : null;
    }

    /// <summary>A message that is about to be debited; or one that has ended, to a person who wants none.</summary>
    public static MessageState Begin(string fingerprint, ulong number, string text, int parts, int attempt, bool optedOut)
    {
        var message = new MessageState { Phase = MessagePhase.Debiting, Fingerprint = fingerprint, Number = number, Text = text, Parts = parts, Attempt = attempt };
        return optedOut ? Settle(message, AutomationOutcome.OptedOut) : message;
    }

    /// <summary>Takes the account's answer to the debit: paid, or settled without being sent. Null when the account refused for a reason that can not be.</summary>
    public static MessageState? Debited(MessageState state, PostResult answer) => answer.Outcome switch
    {
        PostOutcome.Posted or PostOutcome.AlreadyPosted => state with { Phase = MessagePhase.HandingOver, Available = answer.Available },
        PostOutcome.InsufficientCredits => Settle(state, AutomationOutcome.NotSentOutOfCredits) with { Available = answer.Available },
        PostOutcome.UnknownAccount => Settle(state, AutomationOutcome.UnknownAccount),
        _ => null,
    };

    /// <summary>A paid message to a person who opted out before it was handed over: its credits go back.</summary>
    public static MessageState OptedOut(MessageState state) => state with { Phase = MessagePhase.Reversing, Outcome = AutomationOutcome.OptedOut };

    /// <summary>Takes the gateway's answer. What was not taken has its credits given back; what the gateway could not take just now goes back to be tried again, while there is patience.</summary>
    public static MessageState HandedOver(MessageState state, HandOverOutcome outcome, bool patience) => outcome switch
    {
        HandOverOutcome.Accepted => Settle(state, AutomationOutcome.Sent),
        HandOverOutcome.Refused => state with { Phase = MessagePhase.Reversing, Outcome = AutomationOutcome.Failed },
        HandOverOutcome.Unavailable when patience => state with { Phase = MessagePhase.Debiting },
        HandOverOutcome.Unavailable => state with { Phase = MessagePhase.Reversing, Outcome = AutomationOutcome.GatewayUnavailable },
        _ => Settle(state, AutomationOutcome.Unknown),
    };

    /// <summary>After a crash: what may have been handed over is unknown.</summary>
    public static MessageState Interrupted(MessageState state) => state.Phase == MessagePhase.HandingOver ? Settle(state, AutomationOutcome.Unknown) : state;

    /// <summary>The credits are back: of a message that was refused, or not wanted any more, for good; of one that met no gateway until it is tried again.</summary>
    public static MessageState Reversed(MessageState state, long available) => state.Outcome == AutomationOutcome.GatewayUnavailable
        ? Settle(state, AutomationOutcome.GatewayUnavailable) with { Phase = MessagePhase.Released, Attempt = state.Attempt + 1, Available = available }
        : Settle(state, state.Outcome == AutomationOutcome.OptedOut ? AutomationOutcome.OptedOut : AutomationOutcome.Failed) with { Available = available };

    /// <summary>What a delivery report makes of a message, or null when it changes nothing.</summary>
    public static MessageState? Reported(MessageState state, long ticket, DeliveryState report)
    {
        if (state.Phase != MessagePhase.Settled || state.Outcome is not (AutomationOutcome.Sent or AutomationOutcome.Unknown))
            return null;
        var proves = state.Outcome == AutomationOutcome.Unknown;
        var after = report > DeliveryState.Passed && report > state.Delivery ? report : state.Delivery;
        if (!proves && after == state.Delivery)
            return null;
        return state with
        {
            Outcome = AutomationOutcome.Sent,
            Delivery = after,
            LastReport = new() { Ticket = ticket, Before = state.Delivery, After = after, ProvedSentOn = proves && state.EndedAt is { } at ? Day(at) : null },
        };
    }

    /// <summary>The answer of a message that has ended.</summary>
    public static AutomationResult Result(MessageState state) => new()
    {
        Outcome = state.Outcome,
        Credits = state.Outcome is AutomationOutcome.Sent or AutomationOutcome.Unknown ? state.Parts : 0,
        Required = state.Outcome == AutomationOutcome.NotSentOutOfCredits ? state.Parts : 0,
        Available = state.Available,
    };

    /// <summary>The day of a time, by UTC.</summary>
    public static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>Digest of what is asked for, as it is asked for, so that settings that change meanwhile do not make it something else. An earlier version kept one of the rendered text and the number.</summary>
    public static string Fingerprint(string text, RecipientInput recipient)
    {
        var content = new StringBuilder();
        string[] parts = [recipient.To, text, .. recipient.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).SelectMany(field => new[] { field.Key, field.Value })];
        foreach (var part in parts)
            content.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        return AsAsked + Digest(content.ToString());
    }

    /// <summary>Whether a stored message is the one that is asked for.</summary>
    public static bool IsSame(MessageState stored, string fingerprint, ulong? number, string rendered) => stored.Fingerprint.StartsWith(AsAsked, StringComparison.Ordinal)
        ? stored.Fingerprint == fingerprint
        : number is { } known && stored.Fingerprint == Digest(MobileNumbers.Format(known) + "\n" + rendered);

    /// <summary>An operation id, or a flow's name, as it stands in keys: itself, or its digest when it is long or holds what keys and ledgers do not take.</summary>
    public static string Operation(string operationId) =>
        operationId.Length <= LongestOperation && operationId.All(character => char.IsAscii(character) && !char.IsControl(character) && character != '/') && !operationId.StartsWith("sha256-", StringComparison.Ordinal)
            ? operationId
            : "sha256-" + Digest(operationId);

    /// <summary>The operation id of a message's debit. The flow's own colons and percent signs are escaped, so that no two messages share one, and tries after the first stand apart at the front.</summary>
    public static string DebitOperation(string flow, string operation, int attempt = 0)
    {
        var front = attempt == 0 ? "automation" : string.Create(CultureInfo.InvariantCulture, $"automation-{attempt}");
        return $"{front}:{Operation(flow).Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal)}:{operation}" is { Length: <= 190 } id
            ? id
            : $"{front}:{Digest(flow)}:{Digest(operation)}";
    }

    /// <summary>The operation id under which a debit is given back: told apart at its front, because callers choose how a debit's ends.</summary>
    public static string ReversalOperation(string debitOperation) => "reversal:" + debitOperation;

    private static MessageState Settle(MessageState state, AutomationOutcome outcome) => state with { Phase = MessagePhase.Settled, Outcome = outcome, Text = "", Number = 0 };

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
