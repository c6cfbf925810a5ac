using System.Collections.Immutable;

namespace Connect.Operations;

/// <summary>Which accounts there are, from the ledger. Key: 0.</summary>
[Alias("connect.operations.IAccountDirectoryGrain")]
public interface IAccountDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Ids above <paramref name="after"/> (empty to begin) in ordinal order, at most <paramref name="limit"/> and never more than 1,000.</summary>
    [Alias("list")] Task<ImmutableArray<string>> List(string after, int limit);
}
