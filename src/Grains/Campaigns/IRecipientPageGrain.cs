using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Grains.Campaigns;

/// <summary>
/// A slice of a campaign's recipients, the unit of debit and send. Key: <c>{accountId}/{campaignId}/{page}</c>. Called by its campaign, and for what is reported about its messages;
/// every call may be repeated.
/// </summary>
[Alias("connect.campaigns.IRecipientPageGrain")]
public interface IRecipientPageGrain : IGrainWithStringKey
{
    /// <summary>Puts rows at <paramref name="firstRow"/> of the page, in place of what was there and behind it.</summary>
    [Alias("put")] Task Put(int firstRow, ImmutableArray<ImportedRecipient> rows);

    /// <summary>The numbers of the first <paramref name="rows"/> rows that are not skipped.</summary>
    [Alias("numbers")] Task<ImmutableArray<ulong>> Numbers(int rows);

    /// <summary>Renders, counts and saves what the account is to be asked for. Asks nobody.</summary>
    [Alias("prepare")] Task Prepare(PageSend send);

    /// <summary>Asks the account to pay, and tells whether it paid for everybody. The same answer however often it is asked.</summary>
    [Alias("debit")] Task<bool> Debit(PageSend send);

    /// <summary>
    /// Hands over what was paid, as far as it comes in a few seconds; call again until the report is done, after a pause when the gateway is unavailable. With <paramref name="withdraw"/>
    /// nothing more is handed over and all that was paid for it goes back. <paramref name="window"/>: where the size of the hand-over windows starts.
    /// </summary>
    [Alias("hand-over")] Task<PageReport> HandOver(PageSend send, int window, bool withdraw);

    /// <summary>The figures at this moment, also in the middle of a hand-over.</summary>
    [AlwaysInterleave, Alias("figures")] Task<PageFigures> Figures();

    /// <summary>The first <paramref name="rows"/> rows; <paramref name="unreached"/> is the status of those that the send never reached; only those of some statuses, if any are named.</summary>
    [AlwaysInterleave, Alias("list")] Task<ImmutableArray<RecipientView>> List(int rows, RecipientStatus unreached, ImmutableArray<RecipientStatus> statuses);

    /// <summary>What the first <paramref name="rows"/> rows come to; for lists that an earlier version imported.</summary>
    [Alias("imported")] Task<ImportFigures> Imported(int rows, string text);

    /// <summary>Those of the first <paramref name="rows"/> rows that a duplicate takes, as they were given; values are those of <paramref name="fields"/>, or of the text's when left out.</summary>
    [Alias("copied")] Task<ImmutableArray<RecipientInput>> Copied(int rows, string text, DuplicateOf of, ImmutableArray<string>? fields = null);

    /// <summary>
    /// Counts and stores the parts of the rows anew with the text of an edition of the campaign, and tells what the first <paramref name="rows"/> rows come to. Once for an edition;
    /// one that an edition after it has overtaken changes nothing.
    /// </summary>
    [Alias("recount")] Task<ImportFigures> Recount(int rows, int edition, string text, ImmutableArray<string>? fields);

    /// <summary>
    /// Notes what was reported about messages of this page; returns when it is durable and in the campaign's figures. Reports about rows that were not handed over are let go.
    /// Reports that come while another write is under way share the next.
    /// </summary>
    [AlwaysInterleave, Alias("report")] Task Report(ImmutableArray<RowReport> reports);

    /// <summary>What was reported so far, for the campaign's figures after a crash.</summary>
    [AlwaysInterleave, Alias("delivery")] Task<PageDeliveryReport> Delivery();
}

/// <summary>What was reported about one row of a page.</summary>
/// <param name="Row">The row within the page, from 0.</param>
/// <param name="State">How far its message came.</param>
[GenerateSerializer, Immutable, Alias("connect.campaigns.row-report")]
public readonly record struct RowReport([property: Id(0)] int Row, [property: Id(1)] DeliveryState State);

/// <summary>What was reported about a page.</summary>
/// <param name="Delivery">The figures.</param>
/// <param name="IsOpen">Whether the page tells of changes by itself, as it said it would, or is just saying.</param>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-delivery-report")]
public readonly record struct PageDeliveryReport([property: Id(0)] PageDelivery Delivery, [property: Id(1)] bool IsOpen);

/// <summary>What a page needs to know to send.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-send")]
public sealed record PageSend
{
    /// <summary>The campaign's text.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>Who started the send.</summary>
    [Id(1)] public required string Actor { get; init; }

    /// <summary>Rows of the page. Rows behind them were left by an import that was interrupted, and are none of the campaign's.</summary>
    [Id(2)] public required int Rows { get; init; }

    /// <summary>The account's sender when the send started; null for the gateway's own.</summary>
    [Id(3)] public string? From { get; init; }

    /// <summary>The fields that the rows' values are kept for; those of <see cref="Text"/> when null.</summary>
    [Id(4)] public ImmutableArray<string>? Fields { get; init; }
}

/// <summary>Where a page stands after a hand-over.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-report")]
public sealed record PageReport
{
    /// <summary>Whether nothing is left to do.</summary>
    [Id(0)] public required bool Done { get; init; }

    /// <summary>Its figures.</summary>
    [Id(1)] public required PageFigures Figures { get; init; }

    /// <summary>The size of window the gateway's speed asks for.</summary>
    [Id(2)] public required int Window { get; init; }

    /// <summary>Messages that the gateway took or refused in this call; an answer that leaves that open is none.</summary>
    [Id(3)] public int Answered { get; init; }

    /// <summary>The gateway is unavailable, or gives no clear answers: the rest waits, and is to be tried after a pause.</summary>
    [Id(4)] public bool Unavailable { get; init; }

    /// <summary>The account could not pay for all of it.</summary>
    [Id(5)] public bool Short { get; init; }
}
