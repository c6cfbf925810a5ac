using Connect.Accounts;
using Connect.Api.Application;

namespace Connect.Api.Sandbox;

/// <summary>
/// Makes the demo account once the host listens: 250 promotional credits and a test card. Its operation ids never change and a card that is there stays,
/// so a restart adds nothing. What is not up yet is tried again.
/// </summary>
internal sealed class DemoData(
    GrainCalls calls, SandboxCards cards, CardsService saved, SandboxStripeAddress stripe, IServiceProvider services,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoData> logger) : BackgroundService
{
    private const long Credits = 250;
    private const string TestCard = "4242424242424242";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the demo account is complete.</summary>
    public bool IsThere { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        stripe.Fill(services);
        while (!IsThere)
        {
            try
            {
                await Make();
                IsThere = true;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(error, "The demo account could not be made yet");
                await Task.Delay(Pause, TimeProvider.System, stoppingToken);
            }
        }
    }

    private async Task Make()
    {
        var account = calls.Account(DemoPeople.AccountId);
        await GrainCalls.Repeat(() => account.Open(new() { OperationId = SandboxAccounts.OpenOperation, Reference = DemoPeople.AccountId }));
        await GrainCalls.Repeat(() => account.Grant(new()
        {
            OperationId = "demo:promotional", Credits = Credits, Source = GrantSource.Promotional, Reference = "Welcome to Connect",
        }));
        if ((await saved.List(DemoPeople.Find("admin"), DemoPeople.AccountId)).Value.Cards.IsEmpty)
            await cards.Save(DemoPeople.AccountId, TestCard, 12, time.GetUtcNow().Year + 3);
    }
}
