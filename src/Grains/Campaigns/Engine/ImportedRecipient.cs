using Connect.Campaigns;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>One row of a campaign as it was imported.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.imported-recipient")]
public readonly record struct ImportedRecipient
{
    /// <summary>The number, country code first; 0 when malformed or unreadable.</summary>
    [Id(0)] public ulong Number { get; init; }

    /// <summary>What was given, when malformed or unreadable.</summary>
    [Id(1)] public string? Given { get; init; }

    /// <summary><see cref="RecipientStatus.Pending"/>, or why the row is skipped.</summary>
    [Id(2)] public RecipientStatus Status { get; init; }

    /// <summary>Values of the text's fields, in the text's order; null when the text has none.</summary>
    [Id(3)] public string?[]? Values { get; init; }

    /// <summary>Parts of its text, counted at the import; 0 when skipped, and in rows that an earlier version stored.</summary>
    [Id(4)] public int Parts { get; init; }

    /// <summary>Why the row can not be read, if so.</summary>
    [Id(5)] public RowProblem? Problem { get; init; }
}
