//! A host that answers what is written down for it, in the form of `fixtures/wire/`; there is no provider behind it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use hyperv_replica::{
    auth::Credentials,
    client::Client,
    soap::{ADDRESSING, Envelope},
    wsman::{ENUMERATION, SelectorSet, WSMAN},
    xml::Limits,
};
use tokio::io::AsyncWriteExt as _;

use super::rows;
use crate::host::{PASSWORD, USER, http, read_request, serve};

/// What a host says.
pub(super) struct Answers {
    /// The children of `<method>_OUTPUT`, one text for each call; the last one stays.
    pub(super) outputs: Vec<String>,
    /// What `Msvm_AffectedJobElement` leads to from a job.
    pub(super) affected: String,
    /// What `Msvm_ReplicaSystemDependency` leads to from a replica.
    pub(super) dependent: String,
}

impl Answers {
    /// A host that made a test replica, whatever it was asked.
    pub(super) fn to_calls(outputs: Vec<String>) -> Self {
        Self { outputs, affected: rows::vm(rows::TEST), dependent: String::new() }
    }
}

pub(super) struct WrittenHost {
    address: SocketAddr,
    invokes: Arc<Mutex<Vec<String>>>,
    queries: Arc<Mutex<Vec<(usize, String)>>>,
}

impl WrittenHost {
    pub(super) async fn start(answers: Answers) -> Self {
        let (invokes, queries) = (Arc::default(), Arc::default());
        let shared = Arc::new((answers, Arc::clone(&invokes), Arc::clone(&queries)));
        let address = serve(move |mut stream| {
            let shared = Arc::clone(&shared);
            async move {
                while let Some(body) = read_request(&mut stream).await {
                    let answer = if body.is_empty() {
                        "HTTP/1.1 401 X\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n\r\n"
                            .to_owned()
                    } else {
                        let (answers, invokes, queries) = &*shared;
                        let body = String::from_utf8(body).unwrap();
                        let answer = answer(answers, &body, invokes, queries);
                        http(200, "application/soap+xml;charset=UTF-8", &answer)
                    };
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        })
        .await;
        Self { address, invokes, queries }
    }

    pub(super) fn client(&self) -> Client {
        Client::builder(&format!("http://{}/wsman", self.address))
            .credentials(Credentials::basic(USER, PASSWORD))
            .dangerous_clear_text(true)
            .build()
            .unwrap()
    }

    /// The calls of methods, as they came.
    pub(super) fn invokes(&self) -> Vec<String> {
        self.invokes.lock().unwrap().clone()
    }

    /// The queries, in order, those before a call too, which find what it is about and read how that is.
    pub(super) fn all_queries(&self) -> Vec<String> {
        self.queries.lock().unwrap().iter().map(|(_, query)| query.clone()).collect()
    }

    /// The queries after a call.
    pub(super) fn queries(&self) -> Vec<String> {
        let queries = self.queries.lock().unwrap();
        queries.iter().filter(|(calls, _)| *calls > 0).map(|(_, query)| query.clone()).collect()
    }
}

fn answer(
    answers: &Answers,
    request: &str,
    invokes: &Mutex<Vec<String>>,
    queries: &Mutex<Vec<(usize, String)>>,
) -> String {
    let envelope = Envelope::parse(request.as_bytes(), Limits::default()).unwrap();
    let action = envelope.header.action.as_deref().unwrap();
    let (uri, method) = action.rsplit_once('/').unwrap();
    let body = match method {
        "Get" => {
            let selectors = envelope.header.find(WSMAN, "SelectorSet").unwrap();
            let selectors = SelectorSet::from_element(selectors).unwrap();
            let key = selectors.find("Name").or_else(|| selectors.find("InstanceID"));
            rows::instance_of(key.unwrap())
        }
        "Enumerate" => {
            // What is not a query enumerates a class of which there is nothing.
            let query = envelope.body[0].text_of(WSMAN, "Filter").unwrap_or_default();
            queries.lock().unwrap().push((invokes.lock().unwrap().len(), query.to_owned()));
            let items = match query {
                _ if query.contains("Msvm_AffectedJobElement") => answers.affected.clone(),
                _ if query.contains("Msvm_ReplicaSystemDependency") => answers.dependent.clone(),
                "" => String::new(),
                _ => rows::of_query(query),
            };
            format!(
                "<n:EnumerateResponse xmlns:n=\"{ENUMERATION}\"><n:EnumerationContext></n:EnumerationContext>\
                 <w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
            )
        }
        method => {
            let mut invokes = invokes.lock().unwrap();
            let output = answers
                .outputs
                .get(invokes.len())
                .unwrap_or_else(|| answers.outputs.last().unwrap());
            invokes.push(request.to_owned());
            rows::element(uri, &format!("{method}_OUTPUT"), "", output)
        }
    };
    let relates_to = envelope.header.message_id.unwrap();
    format!(
        "<s:Envelope xml:lang=\"de-DE\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"{ADDRESSING}\" \
         xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" xmlns:w=\"{WSMAN}\" \
         xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header><a:Action>{action}Response</a:Action>\
         <a:MessageID>uuid:2F1D0C3B-6A59-4788-97A6-B5C4D3E2F1A0</a:MessageID>\
         <a:To>{ADDRESSING}/role/anonymous</a:To><a:RelatesTo>{relates_to}</a:RelatesTo></s:Header>\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}
