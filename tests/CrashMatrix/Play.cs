namespace Connect.CrashMatrix;

/// <summary>A cell while it is played, on an account of its own.</summary>
internal sealed record Play(Cell Cell, Customer Customer)
{
    /// <summary>Purchases that the customer was told have succeeded, before the kill.</summary>
    public List<string> ToldPaid { get; } = [];

    /// <summary>The account.</summary>
    public string Account => Customer.Account;

    /// <summary>The purchase of its request, as account/purchase; null while nobody knows it.</summary>
    public string? Purchase(Books books) => Customer.Quote is { } quote ? $"{Account}/{quote}" : books.TopUps.FirstOrDefault(IsMine);

    /// <summary>All its purchases, as account/purchase.</summary>
    public IEnumerable<string> Purchases(Books books)
    {
        var own = Cell.Flow.Automatic ? books.TopUps.Where(IsMine) : [$"{Account}/{Customer.Quote}"];
        return Customer.EarlierQuote is { } earlier ? own.Append($"{Account}/{earlier}") : own;
    }

    /// <summary>Whether a purchase is one of its account.</summary>
    public bool IsMine(string purchase) => purchase.StartsWith(Account + "/", StringComparison.Ordinal);

    /// <summary>Whether a purchase has come to its end, or waits for a customer who never comes.</summary>
    public bool Rests(StoredPurchase purchase) => purchase.Ended || (Cell.Flow.Bank == Bank.Ignored && purchase.BankPage is not null);
}
