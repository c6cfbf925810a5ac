using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>One attempt to be paid; succeeds at most once.</summary>
internal sealed record StripePaymentIntent : StripeObject
{
    /// <inheritdoc />
    public override string Object => "payment_intent";

    /// <summary>What is asked, in minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>Always 0: separate capture is not simulated.</summary>
    public long AmountCapturable { get; init; }

    /// <summary>What was paid, in minor units: 0 or the amount.</summary>
    public long AmountReceived { get; init; }

    /// <summary>The kinds of payment the caller limited it to, or null.</summary>
    public IReadOnlyList<string>? AllowedPaymentMethodTypes { get; init; }

    /// <summary>Set unless the caller limited the kinds of payment.</summary>
    public StripeAutomaticPaymentMethods? AutomaticPaymentMethods { get; init; }

    /// <summary>When it was cancelled, in Unix seconds, or null.</summary>
    public long? CanceledAt { get; init; }

    /// <summary>Why it was cancelled, or null.</summary>
    public string? CancellationReason { get; init; }

    /// <summary>Always <c>automatic</c>.</summary>
    public string CaptureMethod { get; init; } = "automatic";

    /// <summary>What a browser would need to act on it.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>Always <c>automatic</c>.</summary>
    public string ConfirmationMethod { get; init; } = "automatic";

    /// <summary>ISO code, lower case.</summary>
    public required string Currency { get; init; }

    /// <summary>Who pays, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>Free text, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Why the last attempt failed, or null.</summary>
    public StripeError? LastPaymentError { get; init; }

    /// <summary>The charge of the last attempt, failed ones included, or null.</summary>
    public string? LatestCharge { get; init; }

    /// <summary>Where the payer must go, while the status is <c>requires_action</c>.</summary>
    public StripeNextAction? NextAction { get; init; }

    /// <summary>The card to charge; cleared by a decline.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>Always card.</summary>
    public IReadOnlyList<string> PaymentMethodTypes { get; init; } = ["card"];

    /// <summary>Where a receipt would go, or null.</summary>
    public string? ReceiptEmail { get; init; }

    /// <summary><c>on_session</c>, <c>off_session</c> or null.</summary>
    public string? SetupFutureUsage { get; init; }

    /// <summary>What a statement would show, or null.</summary>
    public string? StatementDescriptor { get; init; }

    /// <summary>What a statement would show after the merchant's name, or null.</summary>
    public string? StatementDescriptorSuffix { get; init; }

    /// <summary>One of <see cref="IntentStatus"/>.</summary>
    public required string Status { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Owner => Customer;
}

/// <summary>Stripe's automatic choice of payment methods.</summary>
internal sealed record StripeAutomaticPaymentMethods
{
    /// <summary>True: any method of the account; false: cards only.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>always</c> or <c>never</c>: whether the payer may be sent to another page.</summary>
    public string AllowRedirects { get; init; } = "always";
}

/// <summary>Where the payer must go next.</summary>
internal sealed record StripeNextAction
{
    /// <summary>Always <c>redirect_to_url</c>.</summary>
    public string Type { get; init; } = "redirect_to_url";

    /// <summary>The bank's page and the way back.</summary>
    public required StripeRedirect RedirectToUrl { get; init; }
}

/// <summary>A page to visit, and the page that follows it.</summary>
internal sealed record StripeRedirect
{
    /// <summary>Where the bank's page sends the payer afterwards, or null.</summary>
    public string? ReturnUrl { get; init; }

    /// <summary>The bank's page.</summary>
    public required string Url { get; init; }
}

/// <summary>The statuses of payment and setup intents.</summary>
internal static class IntentStatus
{
    /// <summary>No card, or the last one was declined.</summary>
    public const string RequiresPaymentMethod = "requires_payment_method";

    /// <summary>A card is set; nothing was tried yet.</summary>
    public const string RequiresConfirmation = "requires_confirmation";

    /// <summary>The payer has to visit their bank's page.</summary>
    public const string RequiresAction = "requires_action";

    /// <summary>Done; final.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Given up; final.</summary>
    public const string Canceled = "canceled";
}
