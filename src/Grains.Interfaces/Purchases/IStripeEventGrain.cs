namespace Connect.Purchases;

/// <summary>
/// One event that Stripe sent. Key: the event's id. It is kept before Stripe is answered, worked on until that is done, crashes and outages included, and forgotten 35 days after it came,
/// which is longer than Stripe repeats events. It only says which object to read again; nothing it claims is believed.
/// </summary>
[Alias("connect.purchases.IStripeEventGrain")]
public interface IStripeEventGrain : IGrainWithStringKey
{
    /// <summary>Keeps the event; it is durable when this returns, and worked on afterwards. Repeating it does nothing.</summary>
    [Alias("receive")] Task Receive(StripeNotice notice);

    /// <summary>The event, or null if it never came or is forgotten.</summary>
    [Alias("get")] Task<StripeEventView?> Get();
}

/// <summary>What of an event is kept: its type, and the ids by which the objects it is about are read. Every id may name an object of somebody else.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.stripe-notice")]
public sealed record StripeNotice
{
    /// <summary>Longest id of an object at Stripe.</summary>
    public const int MaxIdLength = 255;

    /// <summary>Such as <c>charge.refunded</c>.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>The purchase that the object's metadata names.</summary>
    [Id(1)] public string? PurchaseKey { get; init; }

    /// <summary>The intent or else the charge that it is about.</summary>
    [Id(2)] public string? PaymentId { get; init; }

    /// <summary>The customer that the card or the hosted page belongs to.</summary>
    [Id(3)] public string? CustomerId { get; init; }

    /// <summary>The session or setup intent of a hosted page that was finished.</summary>
    [Id(4)] public string? SetupId { get; init; }

    /// <summary>The payment method that changed.</summary>
    [Id(5)] public string? CardId { get; init; }

    /// <summary>Whether a text can be an id of Stripe's: 1 to 255 of A-Z, a-z, 0-9 and '_'.</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= MaxIdLength } && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}

/// <summary>An event as it is kept.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.stripe-event-view")]
public sealed record StripeEventView
{
    /// <summary>What it is about.</summary>
    [Id(0)] public required StripeNotice Notice { get; init; }

    /// <summary>When it first came, UTC.</summary>
    [Id(1)] public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the work on it was done, UTC; null while it is not.</summary>
    [Id(2)] public DateTimeOffset? DoneAt { get; init; }
}
