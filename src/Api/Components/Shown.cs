using System.Globalization;
using System.Text;
using Connect.Api.Application;
using Connect.Accounts;
using Connect.Campaigns;
using Connect.Purchases;

namespace Connect.Api.Components;

/// <summary>Numbers, money and names as people read them.</summary>
internal static class Shown
{
    /// <summary>Such as 1,250.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Such as "1 credit" or "1,250 credits".</summary>
    public static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    /// <summary>Such as "1,250 credits".</summary>
    public static string Credits(long number) => Count(number, "credit", "credits");

    /// <summary>Such as A$44.50.</summary>
    public static string Amount(Money money) => Sign(money.Currency) + (money.Amount / 100m).ToString("N2", CultureInfo.InvariantCulture);

    /// <summary>A price of one credit with the decimals it has, at least two: A$0.089.</summary>
    public static string UnitPrice(decimal price, string currency) => Sign(currency) + price.ToString("0.00####", CultureInfo.InvariantCulture);

    /// <summary>Such as 10 %.</summary>
    public static string Percent(decimal fraction) => (fraction * 100m).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>Where a batch came from.</summary>
    public static string Source(GrantSource source) => source switch
    {
        GrantSource.Purchase => "Bought",
        GrantSource.AutoTopUp => "Auto top-up",
        GrantSource.Promotional => "Promotional",
        _ => "Added by Connect",
    };

    /// <summary>Where a campaign stands.</summary>
    public static string Status(CampaignStatus status) => status switch
    {
        CampaignStatus.Draft => "Draft",
        CampaignStatus.Scheduled => "Scheduled",
        CampaignStatus.Sending => "Sending",
        CampaignStatus.Completed => "Completed",
        CampaignStatus.StoppedOutOfCredits => "Stopped: out of credits",
        CampaignStatus.Canceled => "Cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>What became of a recipient.</summary>
    public static string Status(RecipientStatus status) => status switch
    {
        RecipientStatus.Pending => "Not reached yet",
        RecipientStatus.Sent => "Sent",
        RecipientStatus.Failed => "Failed",
        RecipientStatus.Unknown => "Unknown",
        RecipientStatus.SkippedInvalidNumber => "Left out: not a mobile number",
        RecipientStatus.SkippedDuplicate => "Left out: twice in the list",
        RecipientStatus.SkippedOptedOut => "Left out: opted out",
        RecipientStatus.SkippedTooLong => "Left out: too long or empty",
        RecipientStatus.NotSentOutOfCredits => "Not sent: out of credits",
        RecipientStatus.NotSentCanceled => "Not sent: cancelled",
        RecipientStatus.SkippedUnreadable => "Left out: can not be read",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Where auto top-up stands.</summary>
    public static string Status(AutoTopUpStatus status) => status switch
    {
        AutoTopUpStatus.Off => "Off",
        AutoTopUpStatus.Armed => "On",
        AutoTopUpStatus.InFlight => "Buying now",
        AutoTopUpStatus.Suspended => "Paused",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Such as "Visa ending 4242".</summary>
    public static string Card(CardBody card) => $"{Brand(card.Brand)} ending {card.Last4}";

    /// <summary>Such as 04/2029.</summary>
    public static string Expiry(CardBody card) => string.Create(CultureInfo.InvariantCulture, $"{card.ExpMonth:00}/{card.ExpYear}");

    /// <summary>Such as "Expires 04/2029", with the words for a card that is past its date or soon will be.</summary>
    public static string ExpiryWords(CardBody card) => card switch
    {
        { Expired: true } => $"Expired {Expiry(card)}",
        { ExpiresSoon: true } => $"Expires soon: {Expiry(card)}",
        _ => $"Expires {Expiry(card)}",
    };

    /// <summary>How a purchase stands, in plain words.</summary>
    public static string Status(PurchaseBody purchase) => purchase switch
    {
        { Status: PurchaseStatus.Processing } => "Processing",
        { Status: PurchaseStatus.RequiresAction } => "Waiting for your bank",
        { Status: PurchaseStatus.Succeeded, MoneyBack.Disputed: true } => "Disputed",
        { Status: PurchaseStatus.Succeeded, MoneyBack: { Refunded.Amount: > 0 } back } =>
            back.Refunded.Amount >= purchase.Total.Amount ? "Refunded" : "Partly refunded",
        { Status: PurchaseStatus.Succeeded } => "Paid",
        { Failure.Code: FailureCode.NeedsReview } => "Being checked",
        { Failure.Code: FailureCode.Canceled } => "Not completed",
        { Failure.Code: FailureCode.CardDeclined or FailureCode.InsufficientFunds or FailureCode.CardExpired } => "Declined",
        _ => "Not paid",
    };

    /// <summary>How far a refund is.</summary>
    public static string Status(RefundStatus status) => status switch
    {
        RefundStatus.Processing => "being made",
        RefundStatus.Pending => "on its way",
        RefundStatus.Succeeded => "done",
        RefundStatus.Failed => "failed, the money stayed",
        RefundStatus.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>An id of a machine in words: <c>needs_review</c> as "needs review".</summary>
    public static string Words(string id)
    {
        var words = new StringBuilder();
        foreach (var letter in id)
        {
            if (char.IsUpper(letter) && words.Length > 0)
                words.Append(' ');
            words.Append(letter == '_' ? ' ' : char.ToLowerInvariant(letter));
        }
        return words.ToString();
    }

    /// <summary>Such as Visa.</summary>
    public static string Brand(string brand) => brand switch
    {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "" => "Card",
        _ => char.ToUpperInvariant(brand[0]) + brand[1..],
    };

    private static string Sign(string currency) => currency == "AUD" ? "A$" : currency + " ";
}
