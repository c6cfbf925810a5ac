namespace Connect.Grains.Storage;

/// <summary>Lets pieces of work of one grain run one after the other, in the order they came, though its calls interleave.</summary>
internal sealed class Turns
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs the work once all that came before it has ended, however it ended.</summary>
    public Task Take(Func<Task> work) => _last = After(_last, work);

    private static async Task After(Task before, Func<Task> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await work();
    }
}
