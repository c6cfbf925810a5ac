using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Connect.Testing;

namespace Connect.CrashMatrix;

/// <summary>The Stripe sandbox as a process of its own, which no kill of the program touches.</summary>
internal sealed class Sandbox : IDisposable
{
    private readonly string folder;
    private readonly ProgramProcess process;
    private readonly HttpClient http;

    private Sandbox(string folder, ProgramProcess process)
    {
        (this.folder, this.process) = (folder, process);
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = process.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_sandbox");
    }

    /// <summary>Where it is.</summary>
    public Uri Url => process.Url;

    /// <summary>Starts it.</summary>
    public static async Task<Sandbox> Start()
    {
        var folder = Scratch.Folder();
        var settings = new Dictionary<string, string> { ["Sandbox:DataDirectory"] = folder, ["Logging:LogLevel:Default"] = "Error" };
        return new(folder, await ProgramProcess.Start("Sandbox", settings, ready: "/charges-summary"));
    }

    /// <summary>The customer of every account.</summary>
    public async Task<Dictionary<string, string>> Customers()
    {
        var customers = new Dictionary<string, string>();
        for (var after = ""; ;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/v1/customers?limit=100{after}");
            var last = "";
            foreach (var customer in page.GetProperty("data").EnumerateArray())
            {
                last = customer.GetProperty("id").GetString()!;
                customers[customer.GetProperty("metadata").GetProperty("account_id").GetString()!] = last;
            }

            if (!page.GetProperty("has_more").GetBoolean())
                return customers;
            after = $"&starting_after={last}";
        }
    }

    /// <summary>Adds faults.</summary>
    public async Task Misbehave(IEnumerable<object> rules)
    {
        using var answer = await http.PostAsJsonAsync("/faults", new { rules });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Removes the faults that have not struck, but for those of POSTs.</summary>
    public async Task OnlyPosts()
    {
        var rules = (await http.GetFromJsonAsync<JsonElement>("/faults")).GetProperty("rules").EnumerateArray().ToList();
        using var answer = await http.DeleteAsync("/faults");
        answer.EnsureSuccessStatusCode();
        await Misbehave(rules.Where(rule => rule.GetProperty("method").GetString() == "POST").Select(rule => (object)rule));
    }

    /// <summary>The customer approves at the bank's page. Returns where the bank sends the browser then; null when there was nothing to approve.</summary>
    public async Task<Uri?> Approve(string page)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["answer"] = "approve" });
        using var answer = await http.PostAsync(page, form);
        return answer.Headers.Location;
    }

    /// <summary>What was really charged.</summary>
    public async Task<List<Charge>> Charges() =>
    [
        .. (await http.GetFromJsonAsync<JsonElement>("/charges-summary")).GetProperty("charges").EnumerateArray()
            .Select(charge => new Charge(charge.GetProperty("purchaseId").GetString()!, charge.GetProperty("amount").GetInt64(), charge.GetProperty("paymentIntentId").GetString()!)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A successful charge.</summary>
/// <param name="Purchase">As account/purchase.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Intent">Its intent.</param>
internal sealed record Charge(string Purchase, long Amount, string Intent);
