namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// What was reported about the messages of one page, or of all pages of a campaign. Each of the three only ever grows, so the greatest of several answers is the newest one, in whatever order they come.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-delivery")]
public readonly record struct PageDelivery
{
    /// <summary>Delivered.</summary>
    [Id(0)] public int Delivered { get; init; }

    /// <summary>Delivered, or given up by the carrier.</summary>
    [Id(1)] public int Decided { get; init; }

    /// <summary>Unknown to the hand-over, and known from a report to have been handed over.</summary>
    [Id(2)] public int Resolved { get; init; }

    /// <summary>Given up by the carrier, so far.</summary>
    public int Undelivered => Decided - Delivered;

    /// <summary>The newer of two answers.</summary>
    public static PageDelivery Newest(PageDelivery left, PageDelivery right) => new()
    {
        Delivered = Math.Max(left.Delivered, right.Delivered),
        Decided = Math.Max(left.Decided, right.Decided),
        Resolved = Math.Max(left.Resolved, right.Resolved),
    };
}
