namespace Connect.Sandbox.Stripe;

/// <summary>An address that events are sent to.</summary>
internal sealed record StripeWebhookEndpoint : StripeObject
{
    /// <summary>Stripe's name of the kind.</summary>
    public const string Kind = "webhook_endpoint";

    /// <summary>The event type that stands for all of them.</summary>
    public const string All = "*";

    /// <inheritdoc />
    public override string Object => Kind;

    /// <summary>Always null: the version of the account.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Always null: Connect is not simulated.</summary>
    public string? Application { get; init; }

    /// <summary>Free text, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The event types it wants; <see cref="All"/> wants every one.</summary>
    public required IReadOnlyList<string> EnabledEvents { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public string Status { get; init; } = "enabled";

    /// <summary>Where events are posted.</summary>
    public required string Url { get; init; }

    /// <summary>What the API shows only once.</summary>
    public required WebhookEndpointSecrets Sandbox { get; init; }

    /// <summary>True when an event of this type goes there.</summary>
    public bool Wants(string type) => Status == "enabled" && EnabledEvents.Any(wanted => wanted == All || wanted == type);
}

/// <summary>What the API shows of an endpoint only when it is made.</summary>
/// <param name="Secret">What signatures are made with.</param>
internal sealed record WebhookEndpointSecrets(string Secret);
