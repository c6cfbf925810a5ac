using Connect.Silo.Clock;
using Connect.Silo.Storage;

namespace Connect.Silo.Hosting;

/// <summary>Before anything else of the host starts: the database is there, its schema is current, and the clock shows what it showed before.</summary>
internal sealed class StorageStartup(CreditsDatabase database, ILoggerFactory logging, ProgramClock? clock = null) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        database.Start(logging);
        if (clock is not null)
            await clock.Load(cancellationToken).ConfigureAwait(false);
        else if (await ProgramClock.ReadOffset(database, cancellationToken).ConfigureAwait(false) > TimeSpan.Zero)
        {
            throw new InvalidOperationException(
                "This database was used in the sandbox and its clock was moved, so its times are not real ones. Use another database for real payments, or remove Stripe:ApiKey.");
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
