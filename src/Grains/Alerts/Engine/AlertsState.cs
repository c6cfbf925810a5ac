using System.Collections.Immutable;
using Connect.Alerts;
using Connect.Grains.Storage;

namespace Connect.Grains.Alerts.Engine;

/// <summary>What the alerts of an account store.</summary>
[GenerateSerializer, Immutable, Alias("connect.alerts.state")]
public sealed record AlertsState : SavedRecord
{
    /// <summary>The alerts that are kept, oldest first.</summary>
    [Id(0)] public ImmutableArray<KeptAlert> Kept { get; init; } = [];
}

/// <summary>An alert that is kept: to be shown, or to know its id when it is raised again.</summary>
[GenerateSerializer, Immutable, Alias("connect.alerts.kept")]
public sealed record KeptAlert
{
    /// <summary>The alert.</summary>
    [Id(0)] public required Alert Alert { get; init; }

    /// <summary>When it was dismissed or did no longer hold, UTC; null while it is to be shown.</summary>
    [Id(1)] public DateTimeOffset? HiddenAt { get; init; }

    /// <summary>Who dismissed it; empty when nobody did.</summary>
    [Id(2)] public string HiddenBy { get; init; } = "";

    /// <summary>Whether it is to be shown.</summary>
    public bool IsShown => HiddenAt is null;
}
