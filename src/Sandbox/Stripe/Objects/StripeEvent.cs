using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>Something that happened, with the object as it was right after it.</summary>
internal sealed record StripeEvent : StripeObject
{
    /// <summary>Stripe's name of the kind.</summary>
    public const string Kind = "event";

    /// <inheritdoc />
    public override string Object => Kind;

    /// <summary>The version whose shape the object has: the one that Stripe.net 53 is pinned to.</summary>
    public string ApiVersion { get; init; } = "2026-10-28.endive";

    /// <summary>The object, and what it was before.</summary>
    public required StripeEventData Data { get; init; }

    /// <summary>To how many endpoints it has still to be delivered.</summary>
    public int PendingWebhooks { get; init; }

    /// <summary>The request that made it happen; both parts null when nobody asked.</summary>
    public required StripeEventRequest Request { get; init; }

    /// <summary>For example <c>payment_intent.succeeded</c>.</summary>
    public required string Type { get; init; }

    /// <inheritdoc />
    protected override bool HasMetadata => false;
}

/// <summary>What an event is about.</summary>
internal sealed record StripeEventData
{
    /// <summary>The object right after the event.</summary>
    public required JsonObject Object { get; init; }

    /// <summary>What the changed members were before, in an update; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? PreviousAttributes { get; init; }
}

/// <summary>The request behind an event.</summary>
/// <param name="Id">Its id, or null when nobody asked.</param>
/// <param name="IdempotencyKey">Its key, or null when it had none.</param>
internal sealed record StripeEventRequest(string? Id, string? IdempotencyKey);
