using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Grains.Purchases.Stripe;

/// <summary>What this program asks of Stripe. No member throws for what Stripe or the network does: every answer says what it means.</summary>
public interface IStripeGateway
{
    /// <summary>Makes the customer of an account and answers its id.</summary>
    Task<StripeAnswer<string>> CreateCustomer(string accountId, string idempotencyKey);

    /// <summary>Creates an intent, not confirmed, so that nothing is charged.</summary>
    Task<StripeAnswer<IntentReading?>> CreateIntent(IntentOrder order, string idempotencyKey);

    /// <summary>Looks for an intent of the purchase that is not cancelled, among the customer's created since then. The value is null when there is none.</summary>
    Task<StripeAnswer<IntentReading?>> FindIntent(string customerId, DateTimeOffset createdSince, string purchaseKey);

    /// <summary>
    /// Confirms an intent: this charges. <paramref name="automatic"/> says that the customer is not present; otherwise the bank's page sends the customer back to the return address
    /// of the purchase.
    /// </summary>
    Task<StripeAnswer<IntentReading?>> ConfirmIntent(string intentId, string purchaseKey, bool automatic, string idempotencyKey);

    /// <summary>The key of the purchase that an intent, or the intent of a charge, was made for. The value is null when it was made for something else.</summary>
    Task<StripeAnswer<string?>> FindPurchase(string intentOrChargeId);

    /// <summary>The account that a customer was made for. The value is null for a customer of somebody else or one that was deleted.</summary>
    Task<StripeAnswer<string?>> FindAccount(string customerId);

    /// <summary>Reads an intent.</summary>
    Task<StripeAnswer<IntentReading?>> ReadIntent(string intentId);

    /// <summary>Cancels an intent, so that it can never charge.</summary>
    Task<StripeAnswer<IntentReading?>> CancelIntent(string intentId);

    /// <summary>Opens the hosted page for adding a card.</summary>
    Task<StripeAnswer<CardSetup>> BeginSetup(string customerId, string returnUrl, string cancelUrl);

    /// <summary>Reads how the hosted page ended, by the id of its session or of its setup intent.</summary>
    Task<StripeAnswer<CardReading>> ReadSetup(string sessionOrSetupIntentId);

    /// <summary>Reads a payment method.</summary>
    Task<StripeAnswer<CardReading>> ReadCard(string paymentMethodId);

    /// <summary>Attaches a payment method to a customer. Repeating it is harmless.</summary>
    Task<StripeAnswer<SavedCard>> Attach(string customerId, string paymentMethodId);

    /// <summary>Takes a payment method from its customer for ever and answers its id.</summary>
    Task<StripeAnswer<string>> Detach(string paymentMethodId);

    /// <summary>Gives money of an intent back.</summary>
    Task<StripeAnswer<RefundReading>> CreateRefund(RefundRequest request, string idempotencyKey);

    /// <summary>All refunds of an intent.</summary>
    Task<StripeAnswer<ImmutableArray<RefundReading>>> ListRefunds(string intentId);

    /// <summary>All disputes of an intent.</summary>
    Task<StripeAnswer<ImmutableArray<DisputeReading>>> ListDisputes(string intentId);

    /// <summary>Whether a customer was deleted at Stripe. One that this key of Stripe never knew is a refusal instead.</summary>
    Task<StripeAnswer<bool>> IsCustomerDeleted(string customerId);

    /// <summary>Ids of all early fraud warnings of an intent.</summary>
    Task<StripeAnswer<ImmutableArray<string>>> ListEarlyFraudWarnings(string intentId);

    /// <summary>A page of all intents created since then, the newest first; the next page begins after the last id of this one.</summary>
    Task<StripeAnswer<StripePage<IntentReading>>> ListIntents(DateTimeOffset since, string? startingAfter);

    /// <summary>A page of all refunds made since then, the newest first.</summary>
    Task<StripeAnswer<StripePage<RefundReading>>> ListRefundsSince(DateTimeOffset since, string? startingAfter);

    /// <summary>A page of all disputes opened since then, the newest first.</summary>
    Task<StripeAnswer<StripePage<DisputeReading>>> ListDisputesSince(DateTimeOffset since, string? startingAfter);

    /// <summary>A page of all early fraud warnings that came since then, the newest first.</summary>
    Task<StripeAnswer<StripePage<WarningReading>>> ListEarlyFraudWarningsSince(DateTimeOffset since, string? startingAfter);
}

/// <summary>A refund to be made.</summary>
public sealed record RefundRequest
{
    /// <summary>The intent that was paid.</summary>
    public required string IntentId { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>The account; kept in the refund's metadata.</summary>
    public required string AccountId { get; init; }

    /// <summary>The purchase grain's key; kept in the refund's metadata.</summary>
    public required string PurchaseKey { get; init; }

    /// <summary>The order; kept in the refund's metadata, by which it is found again.</summary>
    public required string OperationId { get; init; }

    /// <summary>The operator's reason; kept in the refund's metadata.</summary>
    public required string Reason { get; init; }
}

/// <summary>A page of one of Stripe's lists.</summary>
public sealed record StripePage<T>
{
    /// <summary>What is on it.</summary>
    public required ImmutableArray<T> Items { get; init; }

    /// <summary>Whether another one follows.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>An answer of Stripe: the value, or the problem.</summary>
public readonly record struct StripeAnswer<T>
{
    /// <summary>What was asked for, when there is no problem.</summary>
    public T? Value { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public StripeProblem? Problem { get; init; }

    /// <summary>Whether the value is there.</summary>
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;
}

/// <summary>What a new intent is for.</summary>
public sealed record IntentOrder
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The purchase grain's key; kept in the intent's metadata, by which it is found again.</summary>
    public required string PurchaseKey { get; init; }

    /// <summary>Credits bought, for the description.</summary>
    public required long Credits { get; init; }

    /// <summary>What to charge.</summary>
    public required Money Total { get; init; }

    /// <summary>Stripe's customer.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The saved card.</summary>
    public required string PaymentMethodId { get; init; }
}

/// <summary>A card and whose it is, as Stripe has it.</summary>
public sealed record CardReading
{
    /// <summary>The customer that the page was opened for, or that the card is attached to.</summary>
    public required string? CustomerId { get; init; }

    /// <summary>The card, while it is attached to that customer; null before the hosted page is finished, and for good once the card was removed.</summary>
    public SavedCard? Card { get; init; }
}
