using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Purchases;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>Whether credits will cover a send. Pure.</summary>
public static class CoverageRules
{
    /// <summary>Looks ahead from what an account has to a time; a time that has passed means now.</summary>
    public static CoverageView Of(long required, CreditsView credits, DateTimeOffset? at, PriceList prices)
    {
        var then = at > credits.AsOf ? at.Value : credits.AsOf;
        // A batch is usable before its expiry, not at it.
        var availableThen = credits.Batches.Where(batch => batch.ExpiresAt > then).Sum(batch => batch.Remaining);
        var shortfall = Math.Max(0, required - availableThen);
        var lives = then < credits.AsOf + AccountLimits.BatchLifetime;
        return new()
        {
            Required = required,
            At = then,
            Available = credits.Available,
            AvailableThen = availableThen,
            Shortfall = shortfall,
            Buy = shortfall > 0 && lives ? Buy(shortfall, prices) : null,
        };
    }

    private static CreditsToBuy Buy(long shortfall, PriceList prices)
    {
        var price = prices.Price(Math.Clamp(shortfall, prices.View.MinCredits, prices.View.MaxCredits))!;
        return price.Nudge is { } nudge ? new() { Credits = nudge.Credits, Total = nudge.Total } : new() { Credits = price.Credits, Total = price.Total };
    }
}
