using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Connect.Automations;
using Connect.Grains.Storage;
using Connect.Messaging;

namespace Connect.Grains.Automations.Engine;

/// <summary>What a flow stores: figures, and the messages and delivery reports under way. Its size depends on how many are under way, not on how many there ever were.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.flow-state")]
public sealed record FlowState : SavedRecord
{
    /// <summary>Days that are kept and shown.</summary>
    public const int DaysShown = 30;

    /// <summary>Messages handed over. An earlier version counted unknown ones here too.</summary>
    [Id(0)] public long Sent { get; init; }

    /// <summary>Credits used.</summary>
    [Id(1)] public long CreditsUsed { get; init; }

    /// <summary>Messages not sent for want of credits.</summary>
    [Id(2)] public long NotSentOutOfCredits { get; init; }

    /// <summary>The ticket of the next message or report.</summary>
    [Id(3)] public long NextTicket { get; init; } = 1;

    /// <summary>Operations by ticket that an earlier version left under way: their messages are stored by themselves. None are added.</summary>
    [Id(4)] public ImmutableDictionary<long, string> UnderWay { get; init; } = ImmutableDictionary<long, string>.Empty;

    /// <summary>Messages that may have been handed over.</summary>
    [Id(5)] public long Unknown { get; init; }

    /// <summary>Messages that the gateway refused.</summary>
    [Id(6)] public long Failed { get; init; }

    /// <summary>Messages to people who want none.</summary>
    [Id(7)] public long OptedOut { get; init; }

    /// <summary>Messages that are with the phone.</summary>
    [Id(8)] public long Delivered { get; init; }

    /// <summary>Messages that the carrier gave up.</summary>
    [Id(9)] public long Undelivered { get; init; }

    /// <summary>Days with figures, oldest first.</summary>
    [Id(10)] public ImmutableArray<AutomationDay> Days { get; init; } = [];

    /// <summary>Messages that were begun and are not counted yet, by operation.</summary>
    [Id(11)] public ImmutableDictionary<string, MessageState> Messages { get; init; } = ImmutableDictionary<string, MessageState>.Empty;

    /// <summary>Delivery reports that are not counted yet, by operation; one each.</summary>
    [Id(12)] public ImmutableDictionary<string, ReportNote> Reports { get; init; } = ImmutableDictionary<string, ReportNote>.Empty;

    /// <summary>Whether the account's list of flows has it.</summary>
    [Id(13)] public bool Listed { get; init; }

    /// <summary>Whether anything is left to do.</summary>
    [JsonIgnore]
    public bool HasWork => !UnderWay.IsEmpty || !Messages.IsEmpty || !Reports.IsEmpty;

    /// <summary>Begins a message under the next ticket.</summary>
    public FlowState Begin(string operation, MessageState message) =>
        this with { NextTicket = NextTicket + 1, Messages = Messages.Add(operation, message with { Ticket = NextTicket, Revision = 0, Writer = "" }) };

    /// <summary>Notes how far a message has come.</summary>
    public FlowState With(string operation, MessageState message) => this with { Messages = Messages.SetItem(operation, message) };

    /// <summary>Ends a message and counts it; nothing when it was counted before.</summary>
    public FlowState End(string operation, MessageState ended) =>
        Messages.ContainsKey(operation) ? (this with { Messages = Messages.Remove(operation) }).Count(ended) : this;

    /// <summary>Takes over what an earlier version left under way: counts it if it has ended, else goes on with it here. Nothing when that was done before.</summary>
    public FlowState TakeOver(long ticket, string operation, MessageState? stored)
    {
        if (!UnderWay.ContainsKey(ticket))
            return this;
        var rest = this with { UnderWay = UnderWay.Remove(ticket) };
        if (stored is null || stored.Ticket != ticket || Messages.ContainsKey(operation))
            return rest;
        return stored.HasEnded ? rest.Count(stored) : rest.Begin(operation, stored);
    }

    /// <summary>Notes a delivery report; the one that stands against the other, where there is one already.</summary>
    public FlowState Note(string operation, DeliveryState state) => Reports.TryGetValue(operation, out var noted)
        ? this with { Reports = Reports.SetItem(operation, noted with { State = state > noted.State ? state : noted.State }) }
        : this with { NextTicket = NextTicket + 1, Reports = Reports.Add(operation, new() { Ticket = NextTicket, State = state }) };

    /// <summary>Counts what a report changed, and forgets it.</summary>
    public FlowState Reported(string operation, DeliveryMark? mark)
    {
        var rest = this with { Reports = Reports.Remove(operation) };
        if (mark is null)
            return rest;
        if (mark.ProvedSentOn is { } day)
            rest = rest with { Unknown = rest.Unknown - 1, Sent = rest.Sent + 1, Days = AddTo(rest.Days, new() { Day = day, Sent = 1 }) };
        return rest with
        {
            Delivered = rest.Delivered + Change(mark, DeliveryState.Delivered),
            Undelivered = rest.Undelivered + Change(mark, DeliveryState.Undelivered),
        };
    }

    /// <summary>The figures, on a day.</summary>
    public AutomationView View(string flow, DateOnly today) => new()
    {
        Flow = flow,
        Sent = Sent,
        CreditsUsed = CreditsUsed,
        NotSentOutOfCredits = NotSentOutOfCredits,
        Failed = Failed,
        Unknown = Unknown,
        OptedOut = OptedOut,
        Delivered = Delivered,
        Undelivered = Undelivered,
        Days = [.. Enumerable.Range(0, DaysShown).Select(number => today.AddDays(number + 1 - DaysShown)).Select(day => Days.FirstOrDefault(known => known.Day == day) ?? new() { Day = day })],
    };

    private static int Change(DeliveryMark mark, DeliveryState state) => (mark.After == state ? 1 : 0) - (mark.Before == state ? 1 : 0);

    private FlowState Count(MessageState ended)
    {
        var result = MessageRules.Result(ended);
        var (sent, notSent) = (Is(AutomationOutcome.Sent), Is(AutomationOutcome.NotSentOutOfCredits));
        return this with
        {
            Sent = Sent + sent,
            CreditsUsed = CreditsUsed + result.Credits,
            NotSentOutOfCredits = NotSentOutOfCredits + notSent,
            Unknown = Unknown + Is(AutomationOutcome.Unknown),
            Failed = Failed + Is(AutomationOutcome.Failed),
            OptedOut = OptedOut + Is(AutomationOutcome.OptedOut),
            Days = ended.EndedAt is { } at && sent + result.Credits + notSent > 0
                ? AddTo(Days, new() { Day = MessageRules.Day(at), Sent = sent, CreditsUsed = result.Credits, NotSentOutOfCredits = notSent })
                : Days,
        };

        int Is(AutomationOutcome outcome) => result.Outcome == outcome ? 1 : 0;
    }

    private static ImmutableArray<AutomationDay> AddTo(ImmutableArray<AutomationDay> days, AutomationDay more)
    {
        var known = days.FirstOrDefault(day => day.Day == more.Day) ?? new() { Day = more.Day };
        var sum = known with
        {
            Sent = known.Sent + more.Sent,
            CreditsUsed = known.CreditsUsed + more.CreditsUsed,
            NotSentOutOfCredits = known.NotSentOutOfCredits + more.NotSentOutOfCredits,
        };
        return [.. days.Where(day => day.Day != more.Day).Append(sum).OrderBy(day => day.Day).TakeLast(DaysShown)];
    }
}

/// <summary>A delivery report that is not counted yet.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.report-note")]
public sealed record ReportNote
{
    /// <summary>The flow's number for it.</summary>
    [Id(0)] public required long Ticket { get; init; }

    /// <summary>What it says.</summary>
    [Id(1)] public required DeliveryState State { get; init; }
}
