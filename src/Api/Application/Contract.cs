using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Campaigns;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>What an account has, as customers see it.</summary>
/// <param name="Available">Unexpired credits left.</param>
/// <param name="Batches">The batches that make it up, the one that burns first first.</param>
/// <param name="AutoTopUp">Auto top-up.</param>
/// <param name="Totals">Where every credit went since the account was opened.</param>
/// <param name="AsOf">The account's time of this view, UTC.</param>
/// <param name="Sequence">Sequence of the last ledger entry it includes.</param>
public sealed record CreditsBody(
    long Available, ImmutableArray<BatchView> Batches, AutoTopUpBody AutoTopUp, CreditTotals Totals, DateTimeOffset AsOf, long Sequence);

/// <summary>Auto top-up: settings and where it stands.</summary>
public sealed record AutoTopUpBody
{
    /// <summary>Whether it is on.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Top up when available credits are below this.</summary>
    public required long Threshold { get; init; }

    /// <summary>Credits to buy each time.</summary>
    public required long Credits { get; init; }

    /// <summary>Most it may charge in a calendar month (UTC), tax included; null for no cap.</summary>
    public required Money? MonthlyCap { get; init; }

    /// <summary>Where it stands.</summary>
    public required AutoTopUpStatus State { get; init; }

    /// <summary>One sentence on why it is not buying right now.</summary>
    public required string Reason { get; init; }

    /// <summary>What the card that it would charge is good for; null while it is off or when the cards can not be read.</summary>
    public required AutoTopUpCard? Card { get; init; }

    /// <summary>Why it is suspended, if it is.</summary>
    public required SuspensionReason? SuspendedBecause { get; init; }

    /// <summary>The purchase in flight, or the last one tried.</summary>
    public required string? PurchaseId { get; init; }

    /// <summary>When the last top-up started, UTC.</summary>
    public required DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Charged by auto top-up in the current calendar month (UTC).</summary>
    public required Money SpentThisMonth { get; init; }

    /// <summary>Version of the settings; the ETag holds the same number.</summary>
    public required long Version { get; init; }
}

/// <summary>A price frozen for a while.</summary>
/// <param name="Id">Id of the quote, and of the purchase it becomes.</param>
/// <param name="Credits">Credits priced.</param>
/// <param name="UnitPrice">Price of one credit in major currency units before tax, such as 0.089.</param>
/// <param name="Subtotal">Before tax.</param>
/// <param name="Tax">GST.</param>
/// <param name="Total">What is charged.</param>
/// <param name="ExpiresAt">Refused from this instant on, UTC.</param>
/// <param name="Nudge">A larger quantity that costs less in total, if there is one.</param>
public sealed record QuoteBody(string Id, long Credits, decimal UnitPrice, Money Subtotal, Money Tax, Money Total, DateTimeOffset ExpiresAt, Nudge? Nudge);

/// <summary>A purchase as customers see it.</summary>
/// <param name="Id">Its id within the account.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Credits">Credits bought.</param>
/// <param name="Total">What is charged, tax included.</param>
/// <param name="Failure">Why it failed, and what to do.</param>
/// <param name="NextAction">Where the customer must go, if the bank wants the customer.</param>
/// <param name="Automatic">Whether auto top-up made it.</param>
/// <param name="RequestedAt">When it was asked for, UTC.</param>
/// <param name="State">
/// The state of the purchase machine, in more detail than the status: requested, intent_created, confirming, requires_action, paid, credited, declined, canceled, needs_review.
/// </param>
/// <param name="MoneyBack">What of it went back; null while nothing did.</param>
public sealed record PurchaseBody(
    string Id, PurchaseStatus Status, long Credits, Money Total, PurchaseFailure? Failure, NextAction? NextAction, bool Automatic, DateTimeOffset RequestedAt,
    string State, MoneyBackBody? MoneyBack = null);

/// <summary>A page of purchases that brought credits, and beside the first page the latest ones that did not.</summary>
/// <param name="Purchases">The purchases, newest first.</param>
/// <param name="NextCursor">What to pass as <c>after</c> for the next page; null on the last.</param>
/// <param name="WithoutCredits">Of the latest purchases those under way, waiting for the customer, or failed, newest first; empty beside later pages.</param>
public sealed record PurchasesBody(ImmutableArray<PurchaseBody> Purchases, long? NextCursor, ImmutableArray<PurchaseBody> WithoutCredits);

/// <summary>What the customer must do next.</summary>
/// <param name="Url">The bank's page.</param>
public sealed record NextAction(string Url);

/// <summary>The saved cards, the default one first.</summary>
/// <param name="Cards">The cards.</param>
public sealed record CardsBody(ImmutableArray<CardBody> Cards);

/// <summary>A hosted page to go to.</summary>
/// <param name="Url">Its address.</param>
public sealed record HostedPage(string Url);

/// <summary>What a send would take, and whether it is covered.</summary>
public sealed record EstimateBody
{
    /// <summary>Recipients that would be sent to.</summary>
    public required int Recipients { get; init; }

    /// <summary>Recipients that would be skipped.</summary>
    public required int Skipped { get; init; }

    /// <summary>Credits it takes.</summary>
    public required long Credits { get; init; }

    /// <summary>Parts of the text as written.</summary>
    public required int Parts { get; init; }

    /// <summary>Whether a character outside the GSM 7-bit alphabet makes it Unicode.</summary>
    public required bool Unicode { get; init; }

    /// <summary>Septets used, or UTF-16 units when Unicode.</summary>
    public required int Units { get; init; }

    /// <summary>Units that still fit into the last part.</summary>
    public required int UnitsLeft { get; init; }

    /// <summary>The characters that made it Unicode.</summary>
    public required ImmutableArray<string> UnicodeCharacters { get; init; }

    /// <summary>Characters of the text that a plain spelling would replace, and by what.</summary>
    public ImmutableArray<Replacement> Replacements { get; init; } = [];

    /// <summary>Parts of the text in its plain spelling.</summary>
    public int PlainParts { get; init; }

    /// <summary>When it is to be sent, UTC; null for now.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Whether the credits that will be available at that time cover it.</summary>
    public required bool Covered { get; init; }

    /// <summary>Credits available now; only for those who may see credits.</summary>
    public required long? Available { get; init; }

    /// <summary>Of these, what will still be available at that time: batches that expire at that instant or before it are left out; only for those who may see credits.</summary>
    public required long? AvailableThen { get; init; }

    /// <summary>Credits that the account's other campaigns take first, those that are sending and those due before it, and what these lack; only for those who may see credits.</summary>
    public long? PromisedBefore { get; init; }

    /// <summary>Credits that will be missing then; only for those who may see credits.</summary>
    public required long? Shortfall { get; init; }

    /// <summary>
    /// What to buy now to cover it: at least the least that can be bought, more where more costs less in total. Null when it is covered, when credits bought now will have expired by then, and for those
    /// who may not see credits.
    /// </summary>
    public CreditsToBuy? Buy { get; init; }
}
