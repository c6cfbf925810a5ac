using System.Collections.Immutable;
using System.Threading.Channels;
using Connect.Grains.Accounts.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Accounts.Ledger;

/// <summary>How a silo writes its accounts' ledgers.</summary>
public sealed class LedgerOptions
{
    /// <summary>Groups written at the same time, 1 to 16. An account always belongs to one lane, so its entries stay in order. A store with one writer takes 1.</summary>
    public int Lanes { get; set; } = 1;

    /// <summary>Most entries in one group, 1 to 100,000.</summary>
    public int MaxGroup { get; set; } = 4_096;
}

/// <summary>
/// The group commit: everything that all accounts of the silo wait to append at one moment goes to the store in one transaction. While it is being written, the next group gathers.
/// </summary>
public sealed partial class LedgerWriter : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ILedgerStore _store;
    private readonly ILogger<LedgerWriter> _log;
    private readonly Channel<LedgerSession>[] _lanes;
    private readonly int _maxGroup;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes the writer of a silo; it runs as long as the silo's grains do, and a little longer at both ends.</summary>
    public LedgerWriter(ILedgerStore store, IOptions<LedgerOptions> options, ILogger<LedgerWriter> log)
    {
        _store = store;
        _log = log;
        _maxGroup = Math.Clamp(options.Value.MaxGroup, 1, 100_000);
        _lanes = new Channel<LedgerSession>[Math.Clamp(options.Value.Lanes, 1, 16)];
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = Channel.CreateUnbounded<LedgerSession>(new UnboundedChannelOptions { SingleReader = true });
    }

    /// <summary>Begins the appends of one activation of an account. After a failed append a session takes nothing more.</summary>
    public LedgerSession OpenSession(string accountId)
    {
        var lane = _lanes[(int)((uint)accountId.GetHashCode(StringComparison.Ordinal) % (uint)_lanes.Length)];
        return new LedgerSession(accountId, lane.Writer);
    }

    /// <inheritdoc />
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LedgerWriter), ServiceLifecycleStage.RuntimeStorageServices, _ => Start(), Stop);

    /// <summary>Starts writing.</summary>
    public Task Start()
    {
        _running = Task.WhenAll(_lanes.Select(lane => Task.Run(() => Write(lane.Reader))));
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits, then ends; later appends fail.</summary>
    public Task Stop(CancellationToken cancellationToken)
    {
        foreach (var lane in _lanes) lane.Writer.TryComplete();
        return _running.WaitAsync(cancellationToken);
    }

    private async Task Write(ChannelReader<LedgerSession> waiting)
    {
        var group = new List<LedgerSession>();
        var appends = new List<LedgerAppend>();
        while (await waiting.WaitToReadAsync(CancellationToken.None))
        {
            var entries = 0;
            while (entries < _maxGroup && waiting.TryRead(out var session))
            {
                if (!session.TryTake(out var taken)) continue;
                group.Add(session);
                appends.Add(new LedgerAppend(session.AccountId, taken));
                entries += taken.Length;
            }

            await Append(group, appends);
            group.Clear();
            appends.Clear();
        }
    }

    private async Task Append(List<LedgerSession> group, List<LedgerAppend> appends)
    {
        if (group.Count == 0) return;
        try
        {
            await _store.Append(appends, CancellationToken.None);
        }
        catch (LedgerConflictException) when (group.Count > 1)
        {
            // Nothing of the group was stored. Each account alone, so that one account's conflict hurts no other.
            for (var i = 0; i < group.Count; i++)
                await Append([group[i]], [appends[i]]);
            return;
        }
        catch (Exception error)
        {
            LogAppendFailed(error, group.Count, group[0].AccountId);
            foreach (var session in group) session.Fail(error);
            return;
        }

        foreach (var session in group) session.Done();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Appending to the ledger failed for {Accounts} accounts, the first is {AccountId}; they reload.")]
    private partial void LogAppendFailed(Exception error, int accounts, string accountId);
}

/// <summary>
/// The appends of one activation of an account, in order. Thread-safe between the grain and the writer. One failure ends it: what was decided after a failed append was decided
/// on a state that may not be true.
/// </summary>
public sealed class LedgerSession
{
    private readonly ChannelWriter<LedgerSession> _lane;
    private readonly Lock _gate = new();
    // Most accounts have one append waiting at a time; a hot one has many.
    private ImmutableArray<LedgerEntry> _waiting = [];
    private ImmutableArray<LedgerEntry>.Builder? _more;
    private TaskCompletionSource _waitingDone = NewSource();
    private TaskCompletionSource? _writingDone;
    private Task _last = Task.CompletedTask;
    private Exception? _failure;

    internal LedgerSession(string accountId, ChannelWriter<LedgerSession> lane)
    {
        AccountId = accountId;
        _lane = lane;
    }

    /// <summary>The account.</summary>
    public string AccountId { get; }

    /// <summary>Completes when everything handed in so far is durable; fails when any of it is not.</summary>
    public Task Durable
    {
        get
        {
            lock (_gate) return _failure is null ? _last : Task.FromException(_failure);
        }
    }

    /// <summary>Hands entries in, to be appended after all earlier ones. Completes when they are durable. Enqueues before it returns.</summary>
    public Task Append(ImmutableArray<LedgerEntry> entries)
    {
        lock (_gate)
        {
            if (_failure is not null) return Task.FromException(_failure);
            var first = _waiting.IsEmpty;
            if (first) _waiting = entries;
            else (_more ??= ImmutableArray.CreateBuilder<LedgerEntry>()).AddRange(entries);
            _last = _waitingDone.Task;
            // While a batch of this session is being written, Done() puts the session back in line.
            if (first && _writingDone is null && !_lane.TryWrite(this)) Fail(new InvalidOperationException("The silo is stopping."));
            return _last;
        }
    }

    internal bool TryTake(out ImmutableArray<LedgerEntry> entries)
    {
        lock (_gate)
        {
            entries = _more is { Count: > 0 } ? [.. _waiting, .. _more] : _waiting;
            if (entries.IsEmpty) return false;
            Clear();
            _writingDone = _waitingDone;
            _waitingDone = NewSource();
            return true;
        }
    }

    internal void Done()
    {
        TaskCompletionSource done;
        lock (_gate)
        {
            done = _writingDone!;
            _writingDone = null;
            if (!_waiting.IsEmpty && !_lane.TryWrite(this)) Fail(new InvalidOperationException("The silo is stopping."));
        }

        done.SetResult();
    }

    internal void Fail(Exception error)
    {
        lock (_gate)
        {
            _failure = error;
            Clear();
            _writingDone?.TrySetException(error);
            _writingDone = null;
            _waitingDone.TrySetException(error);
            // Whoever still waits has been told through one of these; nobody may be needed to look.
            _ = _waitingDone.Task.Exception;
        }
    }

    private void Clear()
    {
        _waiting = [];
        _more?.Clear();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
