using Connect.Automations;
using Connect.Grains.Storage;

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

    /// <summary>It was refused; its credits go back.</summary>
    Reversing = 3,

    /// <summary>Nothing is left to do.</summary>
    Settled = 4,
}

/// <summary>What is stored of one message. The text and the number go once it is settled.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.message-state")]
public sealed record MessageState : SavedRecord
{
    /// <summary>How far it has come.</summary>
    [Id(0)] public MessagePhase Phase { get; init; }

    /// <summary>The ticket of the call that began it.</summary>
    [Id(1)] public long Ticket { get; init; }

    /// <summary>Digest of text and number, to tell a repeat from a reused operation id.</summary>
    [Id(2)] public string Fingerprint { get; init; } = "";

    /// <summary>The number; 0 once settled.</summary>
    [Id(3)] public ulong Number { get; init; }

    /// <summary>The rendered text; empty once settled.</summary>
    [Id(4)] public string Text { get; init; } = "";

    /// <summary>Parts of the text.</summary>
    [Id(5)] public int Parts { get; init; }

    /// <summary>How it ended, when settled; <see cref="AutomationOutcome.Sent"/> until then.</summary>
    [Id(6)] public AutomationOutcome Outcome { get; init; }

    /// <summary>Available credits after the debit, or after it was given back.</summary>
    [Id(7)] public long Available { get; init; }
}
