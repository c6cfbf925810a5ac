namespace Connect.Purchases;

/// <summary>
/// One attempt to buy credits, from quote to credits, manual or automatic. Key: <c>{accountId}/{purchaseId}</c>; the id of a manual purchase is the id of its quote,
/// so one quote can become one purchase only.
/// </summary>
[Alias("connect.purchases.IPurchaseGrain")]
public interface IPurchaseGrain : IGrainWithStringKey
{
    /// <summary>Freezes a price for 15 minutes. Null when the quantity is outside the price list's bounds.</summary>
    [Alias("quote")] Task<QuoteView?> Quote(long credits);

    /// <summary>Buys at the quoted price. Answers when it has ended or after a few seconds with <see cref="PurchaseStatus.Processing"/>. Repeating it reports.</summary>
    [Alias("confirm")] Task<ConfirmResult> Confirm(ConfirmPurchase command);

    /// <summary>Starts the purchase of an auto top-up; returns once that is durable. Repeating it does nothing.</summary>
    [Alias("start-top-up")] Task StartTopUp(TopUpOrder order);

    /// <summary>
    /// Something may have happened at Stripe: reads the intent now, in any state, and goes as far as it can. Harmless at any time and any number of times.
    /// True once what Stripe says is known here and acted upon, or when there is nothing to read; false when it is not yet: prompt again later.
    /// </summary>
    [Alias("prompt")] Task<bool> Prompt();

    /// <summary>A person has looked at a purchase that waits for one, and has done what was to be done: it waits no more. Repeating it keeps the first word.</summary>
    [Alias("close-review")] Task<ReviewOutcome> CloseReview(PurchaseReview review);

    /// <summary>The purchase, or null if there is none (a quote is not a purchase).</summary>
    [Alias("get")] Task<PurchaseView?> Get();
}

/// <summary>A price frozen for a while.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.quote")]
public sealed record QuoteView
{
    /// <summary>Id of the quote, and of the purchase it becomes.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The price.</summary>
    [Id(1)] public required Price Price { get; init; }

    /// <summary>Refused from this instant on, UTC.</summary>
    [Id(2)] public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The customer's yes to a quote.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.confirm")]
public sealed record ConfirmPurchase
{
    /// <summary>The saved card to charge; the account's default card when null.</summary>
    [Id(0)] public string? CardId { get; init; }

    /// <summary>Who confirms.</summary>
    [Id(1)] public required string Actor { get; init; }
}

/// <summary>Whether a confirm was taken.</summary>
public enum ConfirmOutcome
{
    /// <summary>Taken, now or before; the purchase tells how far it is.</summary>
    Accepted,

    /// <summary>There is no such quote on this account.</summary>
    UnknownQuote,

    /// <summary>The quote's time is over; ask for a new one (problem <c>price-changed</c>).</summary>
    QuoteExpired,

    /// <summary>The account has no saved card.</summary>
    NoCard,

    /// <summary>No such saved card on this account.</summary>
    UnknownCard,

    /// <summary>The purchase was already confirmed with another card.</summary>
    OtherCard,

    /// <summary>The account was never opened.</summary>
    UnknownAccount,
}

/// <summary>The answer to a confirm.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.confirm-result")]
public sealed record ConfirmResult
{
    /// <summary>Whether it was taken.</summary>
    [Id(0)] public required ConfirmOutcome Outcome { get; init; }

    /// <summary>The purchase, when accepted.</summary>
    [Id(1)] public PurchaseView? Purchase { get; init; }
}

/// <summary>What auto top-up orders.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.top-up-order")]
public sealed record TopUpOrder
{
    /// <summary>Credits to buy.</summary>
    [Id(0)] public required long Credits { get; init; }

    /// <summary>Most that may be charged, minor units; null for no limit. Above it the purchase fails with <see cref="FailureCode.MonthlyCap"/>.</summary>
    [Id(1)] public long? SpendLimit { get; init; }
}

/// <summary>How far a purchase is, in the customer's words.</summary>
public enum PurchaseStatus
{
    /// <summary>Under way.</summary>
    Processing,

    /// <summary>Paid, and the credits are there.</summary>
    Succeeded,

    /// <summary>Ended without a charge.</summary>
    Failed,

    /// <summary>The bank wants the customer; <see cref="PurchaseView.NextActionUrl"/> says where.</summary>
    RequiresAction,
}

/// <summary>Why a purchase failed.</summary>
public enum FailureCode
{
    /// <summary>The bank declined the card.</summary>
    CardDeclined,

    /// <summary>The card is past its date.</summary>
    CardExpired,

    /// <summary>The card lacks the money.</summary>
    InsufficientFunds,

    /// <summary>The bank wants the customer present.</summary>
    AuthenticationRequired,

    /// <summary>No saved card.</summary>
    NoCard,

    /// <summary>The monthly cap of auto top-up would be passed.</summary>
    MonthlyCap,

    /// <summary>Nobody confirmed or paid in time; nothing was charged.</summary>
    Canceled,

    /// <summary>The payment was refused as we asked for it; an operator must look.</summary>
    NeedsReview,
}

/// <summary>Why a purchase failed, and what to do.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.failure")]
public sealed record PurchaseFailure
{
    /// <summary>The reason.</summary>
    [Id(0)] public required FailureCode Code { get; init; }

    /// <summary>A sentence for the customer: what happened, whether money moved, what to do.</summary>
    [Id(1)] public required string Message { get; init; }
}

/// <summary>A purchase as customers and operators see it.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.purchase-view")]
public sealed record PurchaseView
{
    /// <summary>Its id within the account.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>How far it is.</summary>
    [Id(1)] public required PurchaseStatus Status { get; init; }

    /// <summary>Credits bought.</summary>
    [Id(2)] public required long Credits { get; init; }

    /// <summary>What is charged, tax included.</summary>
    [Id(3)] public required Money Total { get; init; }

    /// <summary>Why it failed, if it did.</summary>
    [Id(4)] public PurchaseFailure? Failure { get; init; }

    /// <summary>Where the customer must go, if <see cref="PurchaseStatus.RequiresAction"/>.</summary>
    [Id(5)] public string? NextActionUrl { get; init; }

    /// <summary>Whether auto top-up made it.</summary>
    [Id(6)] public bool Automatic { get; init; }

    /// <summary>The state of the purchase machine, for operators.</summary>
    [Id(7)] public required string State { get; init; }

    /// <summary>The PaymentIntent, for operators.</summary>
    [Id(8)] public string? PaymentIntentId { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    [Id(9)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>The frozen price.</summary>
    [Id(10)] public Price? Price { get; init; }

    /// <summary>The card that is or was charged, once chosen.</summary>
    [Id(11)] public SavedCard? Card { get; init; }

    /// <summary>What Stripe or a comparison said, for operators; never shown to customers.</summary>
    [Id(12)] public string? Finding { get; init; }

    /// <summary>What a person did about a purchase that waited for one, for operators; null while it waits or never did.</summary>
    [Id(13)] public PurchaseReview? Review { get; init; }
}

/// <summary>A person's word on a purchase that waited for one.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.purchase-review")]
public sealed record PurchaseReview
{
    /// <summary>What was found and done, in words; 1 to 300 characters.</summary>
    [Id(0)] public required string Reason { get; init; }

    /// <summary>The operator.</summary>
    [Id(1)] public required string Actor { get; init; }

    /// <summary>When, UTC; set when it is taken.</summary>
    [Id(2)] public DateTimeOffset? At { get; init; }
}

/// <summary>Whether a review was closed.</summary>
public enum ReviewOutcome
{
    /// <summary>Closed, now or before.</summary>
    Closed,

    /// <summary>There is no such purchase.</summary>
    UnknownPurchase,

    /// <summary>The purchase does not wait for a person.</summary>
    NotInReview,
}
