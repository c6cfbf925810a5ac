namespace Connect.Api.Receipts;

/// <summary>Who sells, section <c>Receipts</c>. In the sandbox there are demonstration values; otherwise there are no receipts until the seller and its ABN are
/// configured.</summary>
public sealed class ReceiptOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Receipts";

    /// <summary>The seller's legal name.</summary>
    public string? Seller { get; set; }

    /// <summary>The seller's Australian Business Number, as it is to be printed.</summary>
    public string? Abn { get; set; }

    /// <summary>The seller's postal address on one line; left out when absent.</summary>
    public string? Address { get; set; }

    /// <summary>Where to ask about a receipt; left out when absent.</summary>
    public string? Contact { get; set; }

    /// <summary>The time zone of the dates, an IANA name.</summary>
    public string TimeZone { get; set; } = "Australia/Sydney";

    /// <summary>Whether a receipt can name its seller.</summary>
    public bool Complete => !string.IsNullOrWhiteSpace(Seller) && !string.IsNullOrWhiteSpace(Abn);
}
