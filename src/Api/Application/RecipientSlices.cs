using System.Collections.Immutable;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Application;

/// <summary>A list of recipients in slices that fit one call, read as they are asked for.</summary>
/// <param name="recipients">The list; a problem ends it.</param>
internal sealed class RecipientSlices(IAsyncEnumerable<Answer<RecipientInput>> recipients) : IAsyncDisposable
{
    private const int Size = 1_000;

    private readonly IAsyncEnumerator<Answer<RecipientInput>> _rows = recipients.GetAsyncEnumerator();
    private bool _isAll;
    private bool _anyReadable;
    private RowProblem? _first;

    /// <summary>The slice that was read last; empty behind the end.</summary>
    public ImmutableArray<RecipientInput> Slice { get; private set; } = [];

    /// <summary>Why the list can not be read to its end, if so.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Reads the next slice.</summary>
    public async Task Next()
    {
        var slice = ImmutableArray.CreateBuilder<RecipientInput>(Size);
        while (slice.Count < Size && !_isAll)
        {
            if (!await _rows.MoveNextAsync())
            {
                _isAll = true;
                break;
            }
            if (_rows.Current.Problem is { } problem)
            {
                (Problem, _isAll) = (problem, true);
                break;
            }
            var row = _rows.Current.Value;
            _first ??= row.Problem;
            _anyReadable |= row.Problem is null;
            slice.Add(row);
        }
        Slice = slice.DrainToImmutable();
    }

    /// <summary>The problem of a list that came to its end without one readable row; null of any other.</summary>
    public Problem? Unreadable() =>
        !_isAll || _anyReadable ? null
        : _first is { } first ? Refuse.Validation("recipients[0]", $"Not one row of the list can be read. The first {first.Words()}.")
        : CampaignOutcome.NoRecipients.Problem();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
