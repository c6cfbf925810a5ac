using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_restart_keeps_objects_and_idempotency_keys_and_forgets_faults()
    {
        var key = new RequestOptions { IdempotencyKey = "pi:purchase-1:c1" };
        string customer, intent, charge;
        await using (var host = await StripeSandboxHost.StartAsync(_folder))
        {
            customer = (await host.NewCustomerAsync()).Id;
            intent = (await host.NewIntentAsync(customer, (await host.NewCardAsync(customer: customer)).Id)).Id;
            charge = (await host.Client.V1.PaymentIntents.ConfirmAsync(intent, StripeSandboxHost.OffSession, key)).LatestChargeId;
            host.Faults.Down = true;
        }

        await using (var host = await StripeSandboxHost.StartAsync(_folder))
        {
            var replayed = await host.Client.V1.PaymentIntents.ConfirmAsync(intent, StripeSandboxHost.OffSession, key);
            Assert.Equal(("succeeded", charge), (replayed.Status, replayed.LatestChargeId));
            Assert.Equal("true", replayed.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
            Assert.Equal(charge, Assert.Single(await host.Ledger.SuccessfulChargesAsync()).Id);
            Assert.Equal("4242", Assert.Single((await host.Client.V1.Customers.PaymentMethods.ListAsync(customer)).Data).Card.Last4);
        }
    }

    [Fact]
    public async Task A_killed_process_keeps_every_charge_it_acknowledged_and_charges_none_twice()
    {
        const int purchases = 60;
        var acknowledged = new List<string>();
        var intents = new List<string>();
        await using (var doomed = await SandboxProcess.StartAsync(_folder))
        {
            var client = doomed.NewClient();
            var customer = (await client.V1.Customers.CreateAsync(new CustomerCreateOptions())).Id;
            var card = await client.V1.PaymentMethods.CreateAsync(new PaymentMethodCreateOptions
            {
                Type = "card", Card = new PaymentMethodCardOptions { Number = "4242424242424242", ExpMonth = 12, ExpYear = 2099 },
            });
            await client.V1.PaymentMethods.AttachAsync(card.Id, new PaymentMethodAttachOptions { Customer = customer });
            for (var i = 0; i < purchases; i++)
                intents.Add((await client.V1.PaymentIntents.CreateAsync(StripeSandboxHost.IntentOptions(customer, card.Id, purchase: $"purchase-{i}"))).Id);

            await Parallel.ForEachAsync(Enumerable.Range(0, purchases), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            {
                try
                {
                    await ConfirmAsync(client, intents[i], i);
                    lock (acknowledged)
                    {
                        acknowledged.Add($"purchase-{i}");
                        if (acknowledged.Count == 15)
                            doomed.Kill();
                    }
                }
                catch (HttpRequestException)
                {
                    // The process died under this request: whether it was paid is what the next one has to know.
                }
            });
        }

        Assert.InRange(acknowledged.Count, 15, purchases - 1);
        await using var next = await SandboxProcess.StartAsync(_folder);
        var charged = await next.ChargedPurchasesAsync();
        Assert.Empty(acknowledged.Except(charged));

        for (var i = 0; i < purchases; i++)
            Assert.Equal("succeeded", (await ConfirmAsync(next.NewClient(), intents[i], i)).Status);
        Assert.Equal(Enumerable.Range(0, purchases).Select(i => $"purchase-{i}").Order(), (await next.ChargedPurchasesAsync()).Order());
    }

    private static Task<PaymentIntent> ConfirmAsync(StripeClient client, string intent, int purchase) =>
        client.V1.PaymentIntents.ConfirmAsync(intent, StripeSandboxHost.OffSession, new RequestOptions { IdempotencyKey = $"pi:purchase-{purchase}:c1" });
}
