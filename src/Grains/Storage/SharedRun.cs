namespace Connect.Grains.Storage;

/// <summary>Work that callers share: who asks while it runs awaits that run, who asks after its end begins another one.</summary>
internal sealed class SharedRun
{
    /// <summary>The run under way, if any.</summary>
    public Task? UnderWay { get; private set; }

    /// <summary>Returns when the run has ended that is under way or begins now; its error is everybody's who awaits it.</summary>
    public Task Run(Func<Task> work) => UnderWay ??= Start(work);

    private async Task Start(Func<Task> work)
    {
        // Work may end before it first waits (Orleans rejects a call to a silo that it can not reach on the spot): such a run would be kept after its end, and be told to everybody for ever.
        await Task.Yield();
        try
        {
            await work();
        }
        finally
        {
            UnderWay = null;
        }
    }
}
