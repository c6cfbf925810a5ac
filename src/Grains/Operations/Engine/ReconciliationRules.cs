using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Purchases.Engine;
using Connect.Operations;
using Connect.Purchases;

namespace Connect.Grains.Operations.Engine;

/// <summary>What one comparison says.</summary>
public sealed record Verdict
{
    /// <summary>All is as it should be.</summary>
    public static readonly Verdict Fine = new();

    /// <summary>What is wrong, or null.</summary>
    public PaymentFindingKind? Kind { get; private init; }

    /// <summary>In words.</summary>
    public string Words { get; private init; } = "";

    /// <summary>Whether a prompt may heal it.</summary>
    public bool MayHeal { get; private init; }

    /// <summary>Wrong, for a person.</summary>
    public static Verdict Wrong(PaymentFindingKind kind, string words) => new() { Kind = kind, Words = words };

    /// <summary>Wrong, but a prompt may heal it.</summary>
    public static Verdict Sick(PaymentFindingKind kind, string words) => new() { Kind = kind, Words = words, MayHeal = true };
}

/// <summary>The comparisons of a reconciliation. Pure. The ledger is asked for the credits, Stripe for the money, and the purchase only for how they belong
/// together.</summary>
public static class ReconciliationRules
{
    /// <summary>What is younger is left to its purchase.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(5);

    /// <summary>The window of the hourly run.</summary>
    public static readonly TimeSpan HourlyWindow = TimeSpan.FromHours(48);

    /// <summary>The window of the daily run.</summary>
    public static readonly TimeSpan DailyWindow = TimeSpan.FromDays(35);

    /// <summary>Top-ups that started this long ago are looked after by the hourly reminder; so a program that was away for a day misses none.</summary>
    public static readonly TimeSpan TopUpsWindow = TimeSpan.FromDays(2);

    private const int MaxIdLength = 64;

    /// <summary>Whether metadata names a purchase as this program does: account id, slash, purchase id.</summary>
    public static bool IsPurchaseKey(string? key) =>
        key?.Split('/') is [{ Length: >= 1 and <= MaxIdLength } account, { Length: >= 1 and <= MaxIdLength } purchase] && IsId(account) && IsId(purchase);

    /// <summary>A charge against its purchase and the credits in the ledger. Intents that charged nothing are fine.</summary>
    public static Verdict OfIntent(IntentReading intent, PurchaseView? purchase, BoughtGrant? grant)
    {
        if (intent.Status != IntentStatus.Succeeded) return Verdict.Fine;
        if (!IsPurchaseKey(intent.PurchaseKey))
            return Verdict.Wrong(PaymentFindingKind.ForeignPayment, Invariant($"{Paid(intent)} was charged by {intent.Id}, which names no purchase of this program."));

        if (purchase is null)
            return Verdict.Wrong(PaymentFindingKind.UnknownPurchase, Invariant($"{Paid(intent)} was charged by {intent.Id} for purchase {intent.PurchaseKey}, which is not known here."));

        // A person has looked at it and said what was done.
        if (purchase.Review is not null && purchase.PaymentIntentId == intent.Id) return Verdict.Fine;

        if (purchase.PaymentIntentId is { } known && known != intent.Id && purchase.State != nameof(PurchasePhase.NeedsReview))
        {
            return Verdict.Wrong(PaymentFindingKind.SecondPayment,
                Invariant($"{Paid(intent)} was charged by {intent.Id} for purchase {intent.PurchaseKey}, which belongs to {known}."));
        }

        if (intent.AmountReceived != purchase.Total.Amount || intent.Currency != purchase.Total.Currency)
        {
            return Verdict.Wrong(PaymentFindingKind.WrongAmount,
                Invariant($"{Paid(intent)} was charged by {intent.Id} for purchase {intent.PurchaseKey}, which costs {purchase.Total.Amount} {purchase.Total.Currency}."));
        }

        if (purchase.State == nameof(PurchasePhase.NeedsReview))
        {
            return Verdict.Wrong(PaymentFindingKind.NeedsReview,
                Invariant($"{Paid(intent)} was charged by {intent.Id} for purchase {intent.PurchaseKey}, which waits for a person: {purchase.Finding}."));
        }

        if (grant is null || purchase.Status != PurchaseStatus.Succeeded)
        {
            return Verdict.Sick(PaymentFindingKind.PaidWithoutCredits,
                Invariant($"{Paid(intent)} was charged by {intent.Id} for purchase {intent.PurchaseKey}, and its {purchase.Credits} credits have not come: the purchase is {purchase.State}."));
        }

        return grant.Paid != intent.AmountReceived || grant.Credits != purchase.Credits
            ? Verdict.Wrong(PaymentFindingKind.WrongAmount,
                Invariant($"The ledger has {grant.Credits} credits for {grant.Paid}, but purchase {intent.PurchaseKey} was {purchase.Credits} credits for {Paid(intent)}."))
            : Verdict.Fine;
    }

    /// <summary>Bought credits of the ledger against the charge that should have paid for them; <paramref name="intent"/> is the one the purchase names, as
    /// Stripe has it.</summary>
    public static Verdict OfGrant(BoughtGrant grant, PurchaseView? purchase, IntentReading? intent)
    {
        var key = $"{grant.AccountId}/{grant.PurchaseId}";
        var credits = Invariant($"{grant.Credits} credits were granted for purchase {key}");
        if (purchase is null) return Verdict.Wrong(PaymentFindingKind.CreditsWithoutPayment, $"{credits}, which is not known.");
        if (purchase.PaymentIntentId is null) return Verdict.Wrong(PaymentFindingKind.CreditsWithoutPayment, $"{credits}, which has no payment.");
        if (intent is null) return Verdict.Wrong(PaymentFindingKind.CreditsWithoutPayment, $"{credits}, whose payment {purchase.PaymentIntentId} Stripe does not know.");
        if (intent.Status != IntentStatus.Succeeded)
            return Verdict.Wrong(PaymentFindingKind.CreditsWithoutPayment, $"{credits}, whose payment {intent.Id} charged nothing: {intent.Status}.");
        return intent.AmountReceived != grant.Paid || intent.Currency != purchase.Total.Currency || intent.PurchaseKey != key
            ? Verdict.Wrong(PaymentFindingKind.WrongAmount, Invariant($"{credits} for {grant.Paid}, but {intent.Id} charged {Paid(intent)} for {intent.PurchaseKey}."))
            : Verdict.Fine;
    }

    /// <summary>A refund at Stripe against what is known of it here.</summary>
    public static Verdict OfRefund(RefundReading refund, string key, PurchaseView? purchase, MoneyBackView known)
    {
        if (purchase is not { Status: PurchaseStatus.Succeeded }) return Verdict.Fine;

        var undone = refund.Status is "failed" or "canceled";
        return known.Settled && known.Refunds.FirstOrDefault(one => one.Id == refund.Id) is { } seen && seen.Status == RefundStatus.Failed == undone
            ? Verdict.Fine
            : Verdict.Sick(PaymentFindingKind.MoneyBackNotSettled,
                Invariant($"Refund {refund.Id} of {refund.Amount} {refund.Currency} for purchase {key} is {refund.Status} at Stripe, and its credits are not settled."));
    }

    /// <summary>What comes after a stage.</summary>
    public static RunStage After(RunStage stage) => stage switch
    {
        RunStage.Accounts => RunStage.Intents,
        RunStage.Intents => RunStage.Refunds,
        RunStage.Refunds => RunStage.Disputes,
        RunStage.Disputes => RunStage.Warnings,
        RunStage.Warnings => RunStage.Grants,
        _ => RunStage.Again,
    };

    /// <summary>An early fraud warning at Stripe against what is known of it here.</summary>
    public static Verdict OfWarning(WarningReading warning, string key, PurchaseView? purchase, MoneyBackView known) =>
        purchase is null || !PurchaseDecider.HasMoneyToGoBack(purchase) || (known.Settled && known.EarlyFraudWarnings.Contains(warning.Id))
            ? Verdict.Fine
            : Verdict.Sick(PaymentFindingKind.MoneyBackNotSettled, Invariant($"The early fraud warning {warning.Id} for purchase {key} has not stopped auto top-up."));

    /// <summary>A dispute at Stripe against what is known of it here.</summary>
    public static Verdict OfDispute(DisputeReading dispute, string key, PurchaseView? purchase, MoneyBackView known)
    {
        if (purchase is null || !PurchaseDecider.HasMoneyToGoBack(purchase)) return Verdict.Fine;

        return known.Settled && known.Disputes.Any(one => one.Id == dispute.Id && one.Status == dispute.Status && one.Holds == MoneyBackDecider.Holds(dispute))
            ? Verdict.Fine
            : Verdict.Sick(PaymentFindingKind.MoneyBackNotSettled,
                Invariant($"Dispute {dispute.Id} of {dispute.Amount} {dispute.Currency} for purchase {key} is {dispute.Status} at Stripe, and its credits are not settled."));
    }

    private static bool IsId(string text) => text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static string Paid(IntentReading intent) => Invariant($"{intent.AmountReceived} {intent.Currency}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
