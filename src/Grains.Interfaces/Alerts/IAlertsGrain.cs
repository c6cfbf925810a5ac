using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Connect.Alerts;

/// <summary>What an account should know. Holds facts only; the words are made where they are shown. Key: the account id.</summary>
[Alias("connect.alerts.IAlertsGrain")]
public interface IAlertsGrain : IGrainWithStringKey
{
    /// <summary>Most alerts that are kept; the oldest go first, those that were dismissed before those that were not.</summary>
    const int MaxKept = 100;

    /// <summary>
    /// Raises an alert; returns when it is durable. One with a known id changes nothing, dismissed or not.
    /// The alerts named by <see cref="AlertToRaise.Replaces"/> go, since this one says more than they do.
    /// </summary>
    [Alias("raise")] Task Raise(AlertToRaise alert);

    /// <summary>A person has seen it: it is no longer shown. False when there is no such alert; repeating is harmless.</summary>
    [Alias("dismiss")] Task<bool> Dismiss(string id, string actor);

    /// <summary>It no longer holds: it is no longer shown, and not raised again under its id. Unknown ids are passed over.</summary>
    [Alias("withdraw")] Task Withdraw(ImmutableArray<string> ids);

    /// <summary>The alerts that are to be shown, newest first.</summary>
    [AlwaysInterleave, Alias("list")] Task<ImmutableArray<Alert>> List();
}

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    /// <summary>A campaign stopped because credits ran out. Id: <c>campaign-stopped:{campaign}</c>.</summary>
    CampaignStopped,

    /// <summary>A campaign will not be covered at its time, as things stand. Id: <c>not-covered:{campaign}:{stage}</c>.</summary>
    ScheduledNotCovered,
}

/// <summary>The facts of an alert. Only those that its kind needs are set.</summary>
[GenerateSerializer, Immutable, Alias("connect.alerts.alert-facts")]
public sealed record AlertFacts
{
    /// <summary>The campaign.</summary>
    [Id(0)] public string? CampaignId { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public string? CampaignName { get; init; }

    /// <summary>When it is or was to be sent, UTC.</summary>
    [Id(2)] public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Recipients it has.</summary>
    [Id(3)] public long? Recipients { get; init; }

    /// <summary>Recipients it was sent to.</summary>
    [Id(4)] public long? Sent { get; init; }

    /// <summary>Recipients who received nothing for want of credits.</summary>
    [Id(5)] public long? Remaining { get; init; }

    /// <summary>Credits needed.</summary>
    [Id(6)] public long? Required { get; init; }

    /// <summary>Credits there are or will be at that time.</summary>
    [Id(7)] public long? Available { get; init; }

    /// <summary>Credits missing.</summary>
    [Id(8)] public long? Shortfall { get; init; }

    /// <summary>Credits that other campaigns take before it; null when none do.</summary>
    [Id(9)] public long? PromisedBefore { get; init; }
}

/// <summary>An alert to be raised.</summary>
[GenerateSerializer, Immutable, Alias("connect.alerts.alert-to-raise")]
public sealed record AlertToRaise
{
    /// <summary>What makes it the same alert when it is raised again: 1 to 200 characters.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What it is about.</summary>
    [Id(1)] public required AlertKind Kind { get; init; }

    /// <summary>The facts.</summary>
    [Id(2)] public AlertFacts Facts { get; init; } = new();

    /// <summary>Ids of alerts that it takes the place of.</summary>
    [Id(3)] public ImmutableArray<string> Replaces { get; init; } = [];
}

/// <summary>An alert that was raised.</summary>
[GenerateSerializer, Immutable, Alias("connect.alerts.alert")]
public sealed record Alert
{
    /// <summary>Its id within the account.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What it is about.</summary>
    [Id(1)] public required AlertKind Kind { get; init; }

    /// <summary>The facts.</summary>
    [Id(2)] public required AlertFacts Facts { get; init; }

    /// <summary>When it was raised, UTC.</summary>
    [Id(3)] public required DateTimeOffset RaisedAt { get; init; }
}
