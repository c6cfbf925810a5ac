using System.Globalization;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The keys of a campaign and its pages.</summary>
/// <param name="AccountId">The account: everything before the first slash.</param>
/// <param name="CampaignId">The campaign's id within the account.</param>
public readonly record struct CampaignKey(string AccountId, string CampaignId)
{
    /// <summary>Reads a campaign grain's key.</summary>
    public static CampaignKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == key.Length - 1)
            throw new ArgumentException($"'{key}' is not a campaign key.", nameof(key));
        return new(key[..slash], key[(slash + 1)..]);
    }

    /// <summary>Reads a page grain's key.</summary>
    public static (CampaignKey Campaign, int Page) ParsePage(string key)
    {
        var slash = key.LastIndexOf('/');
        if (slash <= 0 || !int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var page))
            throw new ArgumentException($"'{key}' is not a page key.", nameof(key));
        return (Parse(key[..slash]), page);
    }

    /// <summary>The campaign grain's key.</summary>
    public override string ToString() => $"{AccountId}/{CampaignId}";

    /// <summary>The key of a page.</summary>
    public string Page(int page) => string.Create(CultureInfo.InvariantCulture, $"{AccountId}/{CampaignId}/{page}");

    /// <summary>The operation id of a page's debit; <c>:reversal</c> behind it is that of its reversal.</summary>
    public string DebitOperation(int page) => string.Create(CultureInfo.InvariantCulture, $"campaign:{CampaignId}:page:{page}");
}
