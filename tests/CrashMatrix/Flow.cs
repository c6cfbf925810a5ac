namespace Connect.CrashMatrix;

/// <summary>A way to buy credits, and how it must end whatever happens on the way.</summary>
public sealed record Flow
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Flow> All { get; } =
    [
        new() { Name = "manual purchase", Code = "m", Card = "4242424242424242", IsPaid = true },
        new() { Name = "auto top-up", Code = "t", Card = "4242424242424242", IsPaid = true, Automatic = true },
        new() { Name = "manual purchase, declined", Code = "md", Card = "4000000000000341" },
        new() { Name = "auto top-up, declined", Code = "td", Card = "4000000000000341", Automatic = true, SuspendedBecause = "card_declined" },
        new() { Name = "manual purchase, the bank asks, the customer approves", Code = "mb", Card = "4000002760003184", IsPaid = true, Bank = Bank.Approved },
        new() { Name = "manual purchase, the bank asks, the customer never comes", Code = "mn", Card = "4000002760003184", Bank = Bank.Ignored },
        new() { Name = "auto top-up, the bank asks", Code = "tb", Card = "4000002760003184", Automatic = true, SuspendedBecause = "authentication_required" },
        new() { Name = "manual purchase, an earlier one still unknown", Code = "mu", Card = "4242424242424242", IsPaid = true, AfterUnknown = true },
    ];

    /// <summary>Its name in the report.</summary>
    public required string Name { get; init; }

    /// <summary>Begins the ids of its accounts.</summary>
    public required string Code { get; init; }

    /// <summary>Number of the test card.</summary>
    public required string Card { get; init; }

    /// <summary>Whether it ends with a charge and its credits; otherwise with neither.</summary>
    public bool IsPaid { get; init; }

    /// <summary>Whether auto top-up buys.</summary>
    public bool Automatic { get; init; }

    /// <summary>What the customer does at the bank's page.</summary>
    public Bank Bank { get; init; }

    /// <summary>Whether a good card is charged and nobody is asked anything: one of the two flows that nearly every purchase takes.</summary>
    public bool IsPlain => IsPaid && Bank == Bank.Silent && !AfterUnknown;

    /// <summary>Why auto top-up is suspended in the end; null when it stays armed.</summary>
    public string? SuspendedBecause { get; init; }

    /// <summary>Whether an earlier purchase of the account was charged without anybody knowing yet.</summary>
    public bool AfterUnknown { get; init; }
}

/// <summary>What the customer does when the bank asks.</summary>
public enum Bank
{
    /// <summary>It does not ask, or nobody is there to be asked.</summary>
    Silent,

    /// <summary>The customer approves.</summary>
    Approved,

    /// <summary>The customer never comes.</summary>
    Ignored,
}
