namespace Connect.Silo.Hosting;

/// <summary>A client that starts before any silo waits for one, as long as its host lets it.</summary>
internal sealed partial class WaitForSilo(ILogger<WaitForSilo> log) : IClientConnectionRetryFilter
{
    /// <inheritdoc/>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogWaiting(exception.Message);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo answers yet ({Reason}); trying again.")]
    private partial void LogWaiting(string reason);
}
