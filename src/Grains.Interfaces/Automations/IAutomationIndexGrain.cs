using System.Collections.Immutable;

namespace Connect.Automations;

/// <summary>The flows of an account. Key: the account id. A flow is on it from its first message on.</summary>
[Alias("connect.automations.IAutomationIndexGrain")]
public interface IAutomationIndexGrain : IGrainWithStringKey
{
    /// <summary>Most flows of one account.</summary>
    const int MaxFlows = 1_000;

    /// <summary>Puts a flow on the list; false when it is full. May be repeated.</summary>
    [Alias("add")] Task<bool> Add(string flow);

    /// <summary>Names of flows in ordinal order, those behind <paramref name="after"/> (empty: from the first on).</summary>
    [Alias("list")] Task<ImmutableArray<string>> List(string after, int limit);
}
