using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Purchases;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>Whether credits will cover a send. Pure.</summary>
public static class CoverageRules
{
    /// <summary>
    /// Looks ahead from what an account has to a time; a time that has passed means now. The campaigns <paramref name="before"/> it take theirs first, each at its time, and as the account
    /// burns its batches: the earliest expiry first.
    /// </summary>
    public static CoverageView Of(long required, CreditsView credits, DateTimeOffset? at, PriceList prices, IEnumerable<PlannedSend>? before = null)
    {
        var then = at > credits.AsOf ? at.Value : credits.AsOf;
        // A batch is usable before its expiry, not at it.
        var availableThen = credits.Batches.Where(batch => batch.ExpiresAt > then).Sum(batch => batch.Remaining);
        var promised = Promised(credits, then, availableThen, before ?? []);
        var shortfall = Math.Max(0, required + promised - availableThen);
        var lives = then < credits.AsOf + AccountLimits.BatchLifetime;
        return new()
        {
            Required = required,
            At = then,
            Available = credits.Available,
            AvailableThen = availableThen,
            Shortfall = shortfall,
            PromisedBefore = promised,
            Buy = shortfall > 0 && lives ? Buy(shortfall, prices) : null,
        };
    }

    // What they leave less than there would be, and what they lack.
    private static long Promised(CreditsView credits, DateTimeOffset then, long availableThen, IEnumerable<PlannedSend> before)
    {
        var batches = credits.Batches.OrderBy(batch => batch.ExpiresAt).Select(batch => (batch.ExpiresAt, Left: batch.Remaining)).ToArray();
        var lacking = 0L;
        foreach (var send in before.OrderBy(send => send.At))
        {
            var missing = send.Credits;
            for (var at = 0; at < batches.Length && missing > 0; at++)
            {
                if (batches[at].ExpiresAt <= send.At || batches[at].ExpiresAt <= credits.AsOf)
                    continue;
                var drawn = Math.Min(missing, batches[at].Left);
                batches[at].Left -= drawn;
                missing -= drawn;
            }

            lacking += missing;
        }

        return availableThen - batches.Where(batch => batch.ExpiresAt > then).Sum(batch => batch.Left) + lacking;
    }

    private static CreditsToBuy Buy(long shortfall, PriceList prices)
    {
        var price = prices.Price(Math.Clamp(shortfall, prices.View.MinCredits, prices.View.MaxCredits))!;
        return price.Nudge is { } nudge ? new() { Credits = nudge.Credits, Total = nudge.Total } : new() { Credits = price.Credits, Total = price.Total };
    }
}
