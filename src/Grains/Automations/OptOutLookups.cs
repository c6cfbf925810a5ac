using Connect.Messaging;

namespace Connect.Grains.Automations;

/// <summary>
/// Asks whether numbers are opted out, many at once: all that are asked for while a look-up is under way share the next. An answer is never older than its question. For callers that are fewer than
/// <see cref="IOptOutsGrain.MaxNumbers"/>.
/// </summary>
/// <param name="source">The account's opt-outs.</param>
internal sealed class OptOutLookups(IOptOutsGrain source)
{
    private HashSet<ulong> _waiting = [];
    private Task<HashSet<ulong>>? _next;
    private Task _underWay = Task.CompletedTask;

    /// <summary>Whether a number is opted out at this moment.</summary>
    public async Task<bool> IsOptedOut(ulong number)
    {
        _waiting.Add(number);
        return (await (_next ??= LookUp(_underWay))).Contains(number);
    }

    private async Task<HashSet<ulong>> LookUp(Task before)
    {
        // The look-up before may have failed: that is told to those who asked for it.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var asked = _waiting;
        (_waiting, _underWay, _next) = ([], _next!, null);
        return [.. await source.Which([.. asked])];
    }
}
