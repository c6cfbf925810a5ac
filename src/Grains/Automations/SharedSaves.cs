using Connect.Accounts;
using Connect.Grains.Storage;

namespace Connect.Grains.Automations;

/// <summary>The state of a grain whose calls interleave: all changes made while a write is under way go out together with the next. After a write that failed none follows.</summary>
/// <param name="state">Where it is kept, once it is read.</param>
/// <param name="failed">Ends the grain.</param>
internal sealed class SharedSaves<T>(SavedState<T> state, Action failed)
    where T : SavedRecord
{
    private Task _saving = Task.CompletedTask;
    private Task? _next;
    private bool _failed;

    /// <summary>The state with all changes, also those that are not durable yet.</summary>
    public T Current { get; private set; } = state.Value;

    /// <summary>Changes it; the next write takes it along.</summary>
    public void Note(T next) => Current = next;

    /// <summary>Changes it; returns when that is durable, with all that was noted before.</summary>
    public Task Save(T next)
    {
        Current = next;
        return _next ??= SaveNext();
    }

    private async Task SaveNext()
    {
        await Task.Yield();
        try
        {
            await _saving;
            _next = null;
            await (_saving = state.Save(Current));
        }
        catch
        {
            _failed = true;
            failed();
            throw;
        }
    }

    /// <summary>For whoever goes on from <see cref="Current"/> after another: behind a write that failed it holds what is stored nowhere.</summary>
    public void ThrowIfFailed()
    {
        if (_failed)
            throw new AccountUnavailableException("An earlier write failed; the next activation knows what is stored. Repeat the call.");
    }
}
