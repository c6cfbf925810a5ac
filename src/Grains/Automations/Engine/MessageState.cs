using System.Text.Json.Serialization;
using Connect.Automations;
using Connect.Grains.Storage;
using Connect.Messaging;

namespace Connect.Grains.Automations.Engine;

/// <summary>How far a message has come. Stored: do not renumber.</summary>
public enum MessagePhase
{
    /// <summary>Nothing was begun.</summary>
    Untouched = 0,

    /// <summary>The account may have been asked.</summary>
    Debiting = 1,

    /// <summary>It is paid, and may have been handed over.</summary>
    HandingOver = 2,

    /// <summary>It was not taken; its credits go back.</summary>
    Reversing = 3,

    /// <summary>It has its answer, for ever.</summary>
    Settled = 4,

    /// <summary>The gateway was away and its credits are back: it may be tried again.</summary>
    Released = 5,
}

/// <summary>
/// What is stored of one message: by its flow while it is under way, by itself once that has ended. The text and the number go then. An earlier version stored the messages under way by themselves.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.automations.message-state")]
public sealed record MessageState : SavedRecord
{
    /// <summary>How far it has come.</summary>
    [Id(0)] public MessagePhase Phase { get; init; }

    /// <summary>The flow's number for this try.</summary>
    [Id(1)] public long Ticket { get; init; }

    /// <summary>Digest of what was asked for, to tell a repeat from a reused operation id.</summary>
    [Id(2)] public string Fingerprint { get; init; } = "";

    /// <summary>The number; 0 once ended.</summary>
    [Id(3)] public ulong Number { get; init; }

    /// <summary>The rendered text; empty once ended.</summary>
    [Id(4)] public string Text { get; init; } = "";

    /// <summary>Parts of the text.</summary>
    [Id(5)] public int Parts { get; init; }

    /// <summary>How it ended, when ended, and why its credits go back, when they do; <see cref="AutomationOutcome.Sent"/> until then.</summary>
    [Id(6)] public AutomationOutcome Outcome { get; init; }

    /// <summary>Available credits after the debit, or after it was given back.</summary>
    [Id(7)] public long Available { get; init; }

    /// <summary>How often it was given back because the gateway was away: each try has a debit of its own.</summary>
    [Id(8)] public int Attempt { get; init; }

    /// <summary>When it ended; null before that, and for messages of an earlier version.</summary>
    [Id(9)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How far it came behind the gateway; what only proves the hand-over is not kept.</summary>
    [Id(10)] public DeliveryState Delivery { get; init; }

    /// <summary>What the last delivery report changed.</summary>
    [Id(11)] public DeliveryMark? LastReport { get; init; }

    /// <summary>Whether nothing of this try is left to do.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase is MessagePhase.Settled or MessagePhase.Released;
}

/// <summary>What one delivery report changed. Kept with the message, so that its flow can count it once even if it has to ask twice.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.delivery-mark")]
public sealed record DeliveryMark
{
    /// <summary>The flow's number for the report.</summary>
    [Id(0)] public required long Ticket { get; init; }

    /// <summary>What was known before.</summary>
    [Id(1)] public DeliveryState Before { get; init; }

    /// <summary>What is known since.</summary>
    [Id(2)] public DeliveryState After { get; init; }

    /// <summary>The day of an unknown message that the report proved to be sent; null for others.</summary>
    [Id(3)] public DateOnly? ProvedSentOn { get; init; }
}
