namespace Connect.Grains.Campaigns.Engine;

/// <summary>What has become of recipients: of one page, or summed over pages. Rows skipped at import are not in it.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.page-figures")]
public readonly record struct PageFigures
{
    /// <summary>Handed over and accepted.</summary>
    [Id(0)] public long Sent { get; init; }

    /// <summary>Refused by the gateway.</summary>
    [Id(1)] public long Failed { get; init; }

    /// <summary>Left out because the rendered text is empty or too long.</summary>
    [Id(2)] public long TooLong { get; init; }

    /// <summary>May have been handed over.</summary>
    [Id(3)] public long Unknown { get; init; }

    /// <summary>Credits spent, less those given back.</summary>
    [Id(4)] public long Credits { get; init; }

    /// <summary>Left out because they opted out.</summary>
    [Id(5)] public long OptedOut { get; init; }

    /// <summary>The sum of two.</summary>
    public static PageFigures operator +(PageFigures left, PageFigures right) => new()
    {
        Sent = left.Sent + right.Sent,
        Failed = left.Failed + right.Failed,
        TooLong = left.TooLong + right.TooLong,
        Unknown = left.Unknown + right.Unknown,
        Credits = left.Credits + right.Credits,
        OptedOut = left.OptedOut + right.OptedOut,
    };

    /// <summary>The sum of two.</summary>
    public static PageFigures Add(PageFigures left, PageFigures right) => left + right;
}
