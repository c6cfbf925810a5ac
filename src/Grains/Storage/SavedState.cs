using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Connect.Grains.Storage;

/// <summary>
/// Saves a grain's state and knows what came of it. A write that failed may have landed, so storage is read before another try: the stored revision and writer tell.
/// While storage is away it tries on for <see cref="Patience"/>; then, or when another activation has written, it throws, and the grain must not go on with what it holds in memory.
/// One save at a time.
/// </summary>
/// <param name="state">Where it is kept.</param>
/// <param name="writer">Names this activation.</param>
/// <param name="time">Measures the patience and the pauses.</param>
/// <param name="logger">Hears of failed writes.</param>
public sealed class SavedState<T>(IPersistentState<T> state, string writer, TimeProvider time, ILogger logger)
    where T : SavedRecord
{
    /// <summary>How long a save goes on trying. Less than the time-out of a grain call.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private T? _value;

    /// <summary>What is stored.</summary>
    public T Value => _value ?? state.State;

    /// <summary>Whether it was ever saved.</summary>
    public bool Exists => Value.Revision > 0;

    /// <summary>Stores a new value; returns when it is durable.</summary>
    /// <exception cref="InconsistentStateException">Another activation wrote; the grain is deactivated by Orleans when this leaves it.</exception>
    public async Task Save(T next)
    {
        var before = Value;
        _value = before;
        var saved = (T)(next with { Revision = before.Revision + 1, Writer = writer });
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (true)
        {
            try
            {
                state.State = saved;
                await state.WriteStateAsync();
                _value = saved;
                return;
            }
            catch (Exception failure) when (time.GetElapsedTime(started) < Patience)
            {
                logger.LogWarning(failure, "A write of {State} may have failed; reading what is stored", typeof(T).Name);
            }

            if (await Stored(started, pause) is { } stored)
            {
                if (stored.Revision == saved.Revision && stored.Writer == writer)
                {
                    _value = saved;
                    return;
                }

                if (stored.Revision != before.Revision)
                    throw new InconsistentStateException($"Another activation wrote {typeof(T).Name} revision {stored.Revision}.");
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // Null when it can not be read now; the next write then meets its etag, and fails safely.
    private async Task<T?> Stored(long started, TimeSpan pause)
    {
        await Task.Delay(pause, time);
        try
        {
            await state.ReadStateAsync();
            return state.State;
        }
        catch (Exception failure) when (time.GetElapsedTime(started) < Patience)
        {
            logger.LogWarning(failure, "{State} can not be read", typeof(T).Name);
            return null;
        }
    }
}
