using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>One attempt to save a card for later.</summary>
internal sealed record StripeSetupIntent : StripeObject
{
    /// <inheritdoc />
    public override string Object => "setup_intent";

    /// <summary>Why it was cancelled, or null.</summary>
    public string? CancellationReason { get; init; }

    /// <summary>What a browser would need to act on it.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>Whose card it will be, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>Free text, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Why the last card was refused, or null.</summary>
    public StripeError? LastSetupError { get; init; }

    /// <summary>Where the owner of the card must go, while the status is <c>requires_action</c>.</summary>
    public StripeNextAction? NextAction { get; init; }

    /// <summary>The card, once there is one.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>Always card.</summary>
    public IReadOnlyList<string> PaymentMethodTypes { get; init; } = ["card"];

    /// <summary>One of <see cref="IntentStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary><c>off_session</c> or <c>on_session</c>.</summary>
    public string Usage { get; init; } = "off_session";

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Owner => Customer;
}
