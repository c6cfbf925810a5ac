namespace Connect.Sandbox.Stripe;

/// <summary>A customer: one per Connect account.</summary>
internal sealed record StripeCustomer : StripeObject
{
    /// <inheritdoc />
    public override string Object => "customer";

    /// <summary>Always 0: invoices are not simulated.</summary>
    public long Balance { get; init; }

    /// <summary>Always false: invoices are not simulated.</summary>
    public bool Delinquent { get; init; }

    /// <summary>Free text, or null.</summary>
    public string? Description { get; init; }

    /// <summary>E-mail address, or null; not checked.</summary>
    public string? Email { get; init; }

    /// <summary>Name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Phone number, or null; not checked.</summary>
    public string? Phone { get; init; }

    /// <summary>Holds the default payment method.</summary>
    public StripeInvoiceSettings InvoiceSettings { get; init; } = new();

    /// <summary>What the simulator knows of the customer.</summary>
    public CustomerSecrets Sandbox { get; init; } = new();
}

/// <summary>The part of a customer that names the default card.</summary>
internal sealed record StripeInvoiceSettings
{
    /// <summary>Id of an attached payment method, or null.</summary>
    public string? DefaultPaymentMethod { get; init; }
}

/// <summary>What only the simulator knows of a customer.</summary>
internal sealed record CustomerSecrets
{
    /// <summary>True once deleted: only its id is shown any more.</summary>
    public bool Deleted { get; init; }
}
