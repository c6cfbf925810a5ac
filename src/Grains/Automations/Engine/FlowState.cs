using System.Collections.Immutable;
using Connect.Automations;
using Connect.Grains.Storage;

namespace Connect.Grains.Automations.Engine;

/// <summary>What a flow stores: figures, and the messages under way. Its size depends on how many are under way, not on how many there ever were.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.flow-state")]
public sealed record FlowState : SavedRecord
{
    /// <summary>Messages handed over: accepted, or unknown.</summary>
    [Id(0)] public long Sent { get; init; }

    /// <summary>Credits used.</summary>
    [Id(1)] public long CreditsUsed { get; init; }

    /// <summary>Messages not sent for want of credits.</summary>
    [Id(2)] public long NotSentOutOfCredits { get; init; }

    /// <summary>The ticket of the next message.</summary>
    [Id(3)] public long NextTicket { get; init; } = 1;

    /// <summary>Messages that were begun and are not counted yet: their operations by ticket.</summary>
    [Id(4)] public ImmutableDictionary<long, string> UnderWay { get; init; } = ImmutableDictionary<long, string>.Empty;

    /// <summary>Begins a message under the next ticket.</summary>
    public FlowState Begin(string operation) => this with { NextTicket = NextTicket + 1, UnderWay = UnderWay.Add(NextTicket, operation) };

    /// <summary>Ends a ticket. It counts if it was the one that sent the message, and only once.</summary>
    public FlowState End(long ticket, MessageReport? report)
    {
        if (!UnderWay.ContainsKey(ticket))
            return this;
        var ended = this with { UnderWay = UnderWay.Remove(ticket) };
        if (report is null || report.Ticket != ticket)
            return ended;
        return ended with
        {
            Sent = Sent + (report.Result.Outcome is AutomationOutcome.Sent or AutomationOutcome.Unknown ? 1 : 0),
            CreditsUsed = CreditsUsed + report.Result.Credits,
            NotSentOutOfCredits = NotSentOutOfCredits + (report.Result.Outcome == AutomationOutcome.NotSentOutOfCredits ? 1 : 0),
        };
    }
}
