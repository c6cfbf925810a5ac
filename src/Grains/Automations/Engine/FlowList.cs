using System.Collections.Immutable;
using Connect.Automations;
using Connect.Grains.Storage;

namespace Connect.Grains.Automations.Engine;

/// <summary>The names of an account's flows.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.flow-list")]
public sealed record FlowList : SavedRecord
{
    /// <summary>Names in ordinal order.</summary>
    [Id(0)] public ImmutableArray<string> Flows { get; init; } = [];

    /// <summary>The list with a flow: itself when it is on it, null when it is full.</summary>
    public FlowList? With(string flow)
    {
        var at = Flows.BinarySearch(flow, StringComparer.Ordinal);
        if (at >= 0)
            return this;
        return Flows.Length < IAutomationIndexGrain.MaxFlows ? this with { Flows = Flows.Insert(~at, flow) } : null;
    }

    /// <summary>A page of it.</summary>
    public ImmutableArray<string> After(string flow, int limit) => [.. Flows.SkipWhile(known => string.CompareOrdinal(known, flow) <= 0).Take(limit)];
}
