using Connect.Grains.Storage;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The recipients of one page. Written while the campaign is a draft, and never again.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-recipients")]
public sealed record PageRecipients : SavedRecord
{
    /// <summary>The rows, as <see cref="RecipientCodec"/> writes them.</summary>
    [Id(0)] public byte[] Rows { get; init; } = [];

    /// <summary>The edition of the campaign whose text the rows were last counted with.</summary>
    [Id(1)] public int Edition { get; init; }
}

/// <summary>How far a page has come. Stored: do not renumber.</summary>
public enum PagePhase
{
    /// <summary>Nothing was done.</summary>
    Untouched = 0,

    /// <summary>Texts are rendered and counted; the account may have been asked.</summary>
    Prepared = 1,

    /// <summary>The account has answered; messages are being handed over.</summary>
    HandingOver = 2,

    /// <summary>Every row has its outcome; credits of messages that were not taken go back.</summary>
    Reversing = 3,

    /// <summary>Nothing is left to do.</summary>
    Settled = 4,
}

/// <summary>
/// Progress of one page: kept apart from its recipients, so that a save is some hundred bytes. Immutable; <see cref="Marks"/> is never changed in place.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-progress")]
public sealed record PageProgress : SavedRecord
{
    /// <summary>How far it has come.</summary>
    [Id(0)] public PagePhase Phase { get; init; }

    /// <summary>A byte for each row, see <see cref="Mark"/>.</summary>
    [Id(1)] public byte[] Marks { get; init; } = [];

    /// <summary>The account could not pay for every payable row.</summary>
    [Id(2)] public bool Short { get; init; }

    /// <summary>Rows before this one have their outcome.</summary>
    [Id(3)] public int HandedTo { get; init; }

    /// <summary>Rows before this one may have been handed over. Saved before the first of them is.</summary>
    [Id(4)] public int HandingTo { get; init; }

    /// <summary>Credits to give back once every row has its outcome.</summary>
    [Id(5)] public int Refund { get; init; }

    /// <summary>Rows left out because of an opt-out that the import did not know.</summary>
    [Id(6)] public int OptedOut { get; init; }

    /// <summary>Rows left out because of their text, which the import did not know.</summary>
    [Id(7)] public int TooLong { get; init; }
}
