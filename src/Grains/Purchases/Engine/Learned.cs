using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>What a call told.</summary>
public abstract record Learned
{
    private Learned() { }

    /// <summary>The card to charge, or none is saved.</summary>
    public sealed record CardChosen(ChosenCard? Card) : Learned;

    /// <summary>The intent as it is now at Stripe.</summary>
    public sealed record IntentRead(IntentReading Intent) : Learned;

    /// <summary>No intent of this purchase is at Stripe.</summary>
    public sealed record IntentMissing : Learned;

    /// <summary>The call did not succeed, or nobody knows whether it did.</summary>
    public sealed record CallFailed(StripeProblem Problem) : Learned;

    /// <summary>The account has the credits.</summary>
    public sealed record CreditsGranted : Learned;

    /// <summary>The account's auto top-up knows.</summary>
    public sealed record AccountTold : Learned;
}

/// <summary>Status of a PaymentIntent.</summary>
public enum IntentStatus
{
    /// <summary>A status this program does not know or never asks for.</summary>
    Other,

    /// <summary>The attempt failed, or no card is set.</summary>
    RequiresPaymentMethod,

    /// <summary>Created, not confirmed.</summary>
    RequiresConfirmation,

    /// <summary>The bank wants the customer.</summary>
    RequiresAction,

    /// <summary>The bank has not answered yet.</summary>
    Processing,

    /// <summary>Charged.</summary>
    Succeeded,

    /// <summary>Cancelled; it can never charge.</summary>
    Canceled,
}

/// <summary>A PaymentIntent as read from Stripe.</summary>
public sealed record IntentReading
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its status; this alone decides.</summary>
    public required IntentStatus Status { get; init; }

    /// <summary>Minor units asked for.</summary>
    public required long Amount { get; init; }

    /// <summary>Minor units charged.</summary>
    public required long AmountReceived { get; init; }

    /// <summary>ISO 4217 code, capitals.</summary>
    public required string Currency { get; init; }

    /// <summary>Stripe's customer.</summary>
    public required string? CustomerId { get; init; }

    /// <summary>The purchase it was made for, from its metadata.</summary>
    public required string? PurchaseKey { get; init; }

    /// <summary>Whether it is in live mode.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The bank's page, when it wants the customer.</summary>
    public string? NextActionUrl { get; init; }

    /// <summary>Stripe's code of the last failed attempt, such as <c>card_declined</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The bank's code of the last failed attempt, such as <c>insufficient_funds</c>.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What an unsuccessful call to Stripe means.</summary>
public enum ProblemKind
{
    /// <summary>Timeout, lost connection, 409, 429, 5xx, unreadable answer, our own key refused: it may have been executed; try again. Never a decline.</summary>
    Technical,

    /// <summary>The bank said no.</summary>
    Declined,

    /// <summary>Stripe understood the request and refused it; repeating it is no use.</summary>
    Refused,
}

/// <summary>An unsuccessful call to Stripe.</summary>
public sealed record StripeProblem
{
    /// <summary>What it means.</summary>
    public required ProblemKind Kind { get; init; }

    /// <summary>Stripe's code, if any.</summary>
    public string? Code { get; init; }

    /// <summary>The bank's code, if any.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>The parameter it is about, if any.</summary>
    public string? Parameter { get; init; }

    /// <summary>Stripe keeps this error as the idempotency key's answer (or the key as another request's): the same key would only get it again.</summary>
    public bool KeySpent { get; init; }

    /// <summary>For logs.</summary>
    public string Message { get; init; } = "";
}
