using System.Collections.Immutable;
using Connect.Accounts;

namespace Connect.Operations;

/// <summary>
/// Compares what Stripe charged with what the ledgers granted, both ways, hourly over the last 48 hours and daily over 35 days, and on demand; then every account is checked as well. Key: 0.
/// What can be healed is: the purchase is prompted and looked at again. The rest is a finding for a person.
/// </summary>
[Alias("connect.operations.IReconciliationGrain")]
public interface IReconciliationGrain : IGrainWithIntegerKey
{
    /// <summary>Most reports that are kept, and most healed purchases and findings that one report names.</summary>
    static readonly int MaxKept = 50;

    /// <summary>Makes sure that the hourly reminder exists. Harmless at any time.</summary>
    [Alias("ensure")] Task Ensure();

    /// <summary>Starts a run over 35 days and all accounts, or queues it behind one of the reminder, and answers its id. One on demand that waits or runs already is enough: its id is answered.</summary>
    [Alias("start")] Task<string> Start(string actor);

    /// <summary>The reports, newest first; of those that healed and found nothing the oldest go first.</summary>
    [Alias("list")] Task<ImmutableArray<ReconciliationReport>> List();

    /// <summary>One report, or null when there is none or no longer.</summary>
    [Alias("get")] Task<ReconciliationReport?> Get(string id);
}

/// <summary>Why a run was started. Stored by number: add at the end.</summary>
public enum ReconciliationKind
{
    /// <summary>The last 48 hours.</summary>
    Hourly,

    /// <summary>The last 35 days.</summary>
    Daily,

    /// <summary>All accounts and the last 35 days, for an operator.</summary>
    OnDemand,
}

/// <summary>How far a run is. Stored by number: add at the end.</summary>
public enum ReconciliationStatus
{
    /// <summary>Waits for the one before it.</summary>
    Queued,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>It has compared everything of its window.</summary>
    Completed,

    /// <summary>It gave up; <see cref="ReconciliationReport.Failure"/> says why. The next one covers its window.</summary>
    Failed,

    /// <summary>It was interrupted for too long to go on. The next one covers its window.</summary>
    Abandoned,
}

/// <summary>What a run did and found.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.reconciliation-report")]
public sealed record ReconciliationReport
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Why it was started.</summary>
    [Id(1)] public required ReconciliationKind Kind { get; init; }

    /// <summary>How far it is.</summary>
    [Id(2)] public required ReconciliationStatus Status { get; init; }

    /// <summary>Who started it.</summary>
    [Id(3)] public required string Actor { get; init; }

    /// <summary>Begin of the window, UTC.</summary>
    [Id(4)] public required DateTimeOffset Since { get; init; }

    /// <summary>End of the window, UTC: a few minutes before the run began, since what is younger is still under way.</summary>
    [Id(5)] public required DateTimeOffset Until { get; init; }

    /// <summary>When it was started, UTC.</summary>
    [Id(6)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Intents of the window that Stripe listed.</summary>
    [Id(8)] public long Intents { get; init; }

    /// <summary>Refunds and disputes of the window that Stripe listed.</summary>
    [Id(9)] public long MoneyBack { get; init; }

    /// <summary>Bought grants of the window that the ledgers hold.</summary>
    [Id(10)] public long Grants { get; init; }

    /// <summary>Purchases that were compared.</summary>
    [Id(11)] public long PurchasesChecked { get; init; }

    /// <summary>Purchases that were wrong and are right after a prompt.</summary>
    [Id(12)] public long Healed { get; init; }

    /// <summary>Their keys, at most <see cref="IReconciliationGrain.MaxKept"/>.</summary>
    [Id(13)] public ImmutableArray<string> HealedPurchases { get; init; } = [];

    /// <summary>How many findings there are.</summary>
    [Id(14)] public long FindingCount { get; init; }

    /// <summary>The findings, at most <see cref="IReconciliationGrain.MaxKept"/>.</summary>
    [Id(15)] public ImmutableArray<PaymentFinding> Findings { get; init; } = [];

    /// <summary>Why it gave up.</summary>
    [Id(16)] public string? Failure { get; init; }

    /// <summary>What the check of every account says so far; null in a run that has none, or has not begun with it.</summary>
    [Id(17)] public AccountsReport? Accounts { get; init; }
}

/// <summary>Conservation of every account: totals from the ledger alone against the equation and against the grain. An account that can not be checked is a finding, never an omission.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.accounts-report")]
public sealed record AccountsReport
{
    /// <summary>Whether all were checked.</summary>
    [Id(0)] public bool Ended { get; init; }

    /// <summary>Accounts that were looked at.</summary>
    [Id(1)] public long Accounts { get; init; }

    /// <summary>Ledger entries that were read.</summary>
    [Id(2)] public long Entries { get; init; }

    /// <summary>Sums over these accounts, from their ledgers alone.</summary>
    [Id(3)] public CreditTotals Totals { get; init; } = new();

    /// <summary>How many accounts have something wrong.</summary>
    [Id(4)] public long FindingCount { get; init; }

    /// <summary>These accounts, at most <see cref="IReconciliationGrain.MaxKept"/>.</summary>
    [Id(5)] public ImmutableArray<AccountFinding> Findings { get; init; } = [];
}

/// <summary>What is wrong with one account.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.account-finding")]
public sealed record AccountFinding
{
    /// <summary>The account.</summary>
    [Id(0)] public required string AccountId { get; init; }

    /// <summary>Every disagreement, in words.</summary>
    [Id(1)] public required ImmutableArray<string> Messages { get; init; }
}

/// <summary>What can be wrong between Stripe and the ledgers. Stored by number: add at the end.</summary>
public enum PaymentFindingKind
{
    /// <summary>A charge whose credits did not come, even after a prompt.</summary>
    PaidWithoutCredits,

    /// <summary>Credits that no charge paid for.</summary>
    CreditsWithoutPayment,

    /// <summary>A charge that names no purchase of this program.</summary>
    ForeignPayment,

    /// <summary>A charge for a purchase that is not known here.</summary>
    UnknownPurchase,

    /// <summary>A second charge for a purchase that another intent paid.</summary>
    SecondPayment,

    /// <summary>Charged was another amount than was asked for or than the credits were granted for.</summary>
    WrongAmount,

    /// <summary>A purchase that was charged waits for a person.</summary>
    NeedsReview,

    /// <summary>A refund or dispute whose credits are not settled, even after a prompt.</summary>
    MoneyBackNotSettled,

    /// <summary>It could not be compared, because something here did not answer.</summary>
    NotCompared,
}

/// <summary>Something wrong that a person must look at.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.payment-finding")]
public sealed record PaymentFinding
{
    /// <summary>What is wrong.</summary>
    [Id(0)] public required PaymentFindingKind Kind { get; init; }

    /// <summary>In words.</summary>
    [Id(1)] public required string Words { get; init; }

    /// <summary>The purchase, as <c>{accountId}/{purchaseId}</c>, if known.</summary>
    [Id(2)] public string? Purchase { get; init; }

    /// <summary>The intent, if known.</summary>
    [Id(3)] public string? IntentId { get; init; }

    /// <summary>The refund or dispute, if it is about one.</summary>
    [Id(4)] public string? MoneyBackId { get; init; }
}
